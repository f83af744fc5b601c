// The Linux calls that Swift's Glibc module does not offer, or offers only through macros and unions.
#ifndef WEIR_CLINUX_H
#define WEIR_CLINUX_H

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "CLinuxResolver.h"

// One readiness report: `data` is what was registered, `events` the EPOLL* bits.
struct weir_event {
    uint64_t data;
    uint32_t events;
};

#define WEIR_EVENT_BATCH 256

static const uint32_t WEIR_EVENT_IN = EPOLLIN;
static const uint32_t WEIR_EVENT_OUT = EPOLLOUT;
// The descriptor is of no more use: an error, or both directions are closed.
static const uint32_t WEIR_EVENT_BROKEN = EPOLLERR | EPOLLHUP;
// The peer has closed its sending side.
static const uint32_t WEIR_EVENT_PEER_CLOSED = EPOLLRDHUP;

static inline int weir_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

// Registers a descriptor once, edge-triggered, for everything. Listeners are registered for EPOLLIN only.
static inline int weir_epoll_add(int epfd, int fd, uint64_t data, int connection) {
    struct epoll_event event;
    event.events = connection ? (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET) : EPOLLIN;
    event.data.u64 = data;
    return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event);
}

static inline int weir_epoll_remove(int epfd, int fd) { return epoll_ctl(epfd, EPOLL_CTL_DEL, fd, 0); }

// Waits for at most `timeout` milliseconds (-1: for ever) and fills up to WEIR_EVENT_BATCH entries.
static inline int weir_epoll_wait(int epfd, struct weir_event *out, int timeout) {
    struct epoll_event events[WEIR_EVENT_BATCH];
    int n = epoll_wait(epfd, events, WEIR_EVENT_BATCH, timeout);
    for (int i = 0; i < n; i++) {
        out[i].data = events[i].data.u64;
        out[i].events = events[i].events;
    }
    return n;
}

static inline int weir_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// Nanoseconds of CLOCK_MONOTONIC.
static inline uint64_t weir_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// Accepts one connection, non-blocking and close-on-exec. In CLinux.c: Swift's Glibc module and this one must agree on
// feature macros, and accept4 wants _GNU_SOURCE.
int weir_accept(int fd, struct sockaddr_storage *address);

static inline int weir_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static inline int weir_set_int(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof(value));
}

static inline int weir_set_reuseaddr(int fd) { return weir_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1); }
static inline int weir_set_reuseport(int fd) { return weir_set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1); }
static inline int weir_set_nodelay(int fd) { return weir_set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1); }
static inline int weir_set_keepalive(int fd) { return weir_set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1); }
static inline int weir_set_v6only(int fd, int on) { return weir_set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, on); }

// Closing this descriptor sends RST instead of FIN: tells the peer that the message is cut short.
static inline int weir_set_reset_on_close(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static inline int weir_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof(error);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
    return error;
}

static inline ssize_t weir_send(int fd, const void *bytes, size_t count) {
    return send(fd, bytes, count, MSG_NOSIGNAL);
}

static inline ssize_t weir_recv(int fd, void *bytes, size_t count) { return recv(fd, bytes, count, 0); }

// Two pieces in one call: a message head and the body bytes behind it.
static inline ssize_t weir_send2(int fd, const void *a, size_t an, const void *b, size_t bn) {
    struct iovec parts[2] = {{(void *)a, an}, {(void *)b, bn}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

// True (1) when nothing waits to be read and the peer has not closed.
static inline int weir_is_quiet(int fd) {
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

// The number of CPUs this thread may run on (sched_getaffinity), at least 1.
int weir_affinity_count(void);

#endif
