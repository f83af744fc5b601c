// What the name resolver (Proxy/Names) needs beside CLinux.h: sockets and a thread.
#ifndef WEIR_CLINUX_RESOLVER_H
#define WEIR_CLINUX_RESOLVER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <sys/socket.h>

// A non-blocking, close-on-exec socket: UDP, or TCP when `stream` is not 0.
static inline int weir_resolver_socket(int family, int stream) {
    return socket(family, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// Starts a thread that gets no signals (they belong to the main thread) and needs little stack. 0 or an errno value.
// `name` is at most 15 bytes.
int weir_resolver_thread(pthread_t *thread, const char *name, void *(*body)(void *), void *argument);

#endif
