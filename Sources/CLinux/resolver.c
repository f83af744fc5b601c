#define _GNU_SOURCE
#include "CLinuxResolver.h"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

// glibc takes the thread-local storage of the process out of this, so it is not the smallest that works.
enum { RESOLVER_STACK_BYTES = 512 * 1024 };

_Static_assert(sizeof(pthread_t) == sizeof(unsigned long), "pthread_t");

int weir_resolver_socket(int family, int stream) {
    return socket(family, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int weir_resolver_thread(unsigned long *thread, const char *name, void *(*body)(void *), void *argument) {
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error != 0) return error;
    error = pthread_attr_setstacksize(&attributes, RESOLVER_STACK_BYTES);
    if (error == 0) {
        // A new thread inherits the mask: everything is blocked around its creation.
        sigset_t all, before;
        sigfillset(&all);
        error = pthread_sigmask(SIG_SETMASK, &all, &before);
        if (error == 0) {
            error = pthread_create(thread, &attributes, body, argument);
            if (error == 0) pthread_setname_np(*thread, name);
            pthread_sigmask(SIG_SETMASK, &before, 0);
        }
    }
    pthread_attr_destroy(&attributes);
    return error;
}
