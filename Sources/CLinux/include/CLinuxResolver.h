// What the name resolver (Proxy/Names) needs beside CLinux.h: sockets and a thread. Like that header this one includes
// none of the system's types.
#ifndef WEIR_CLINUX_RESOLVER_H
#define WEIR_CLINUX_RESOLVER_H

// A non-blocking, close-on-exec socket: UDP, or TCP when `stream` is not 0.
int weir_resolver_socket(int family, int stream);

// Starts a thread that gets no signals (they belong to the main thread) and needs little stack. 0 or an errno value.
// `thread` points to a pthread_t, `name` is at most 15 bytes.
int weir_resolver_thread(unsigned long *thread, const char *name, void *(*body)(void *), void *argument);

#endif
