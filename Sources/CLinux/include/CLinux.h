// The Linux calls that Swift's Glibc module does not offer, or offers only through macros and unions.
//
// This header includes no system header with types in it: Swift would see them as this module's and as Glibc's.
#ifndef WEIR_CLINUX_H
#define WEIR_CLINUX_H

#include <stddef.h>
#include <stdint.h>

#include "CLinuxDatagrams.h"
#include "CLinuxResolver.h"

// One readiness report: `data` is what was registered, `events` the WEIR_EVENT_* bits.
struct weir_event {
    uint64_t data;
    uint32_t events;
};

#define WEIR_EVENT_BATCH 256

// The values of <sys/epoll.h>; CLinux.c checks them.
#define WEIR_EVENT_IN ((uint32_t)0x001)
#define WEIR_EVENT_OUT ((uint32_t)0x004)
// The descriptor is of no more use: an error, or both directions are closed.
#define WEIR_EVENT_BROKEN ((uint32_t)0x018)
// The peer has closed its sending side.
#define WEIR_EVENT_PEER_CLOSED ((uint32_t)0x2000)

int weir_epoll_create(void);

// Registers a descriptor once, edge-triggered, for everything. Listeners are registered for EPOLLIN only.
int weir_epoll_add(int epfd, int fd, uint64_t data, int connection);

// Waits for at most `timeout` milliseconds (-1: for ever) and fills up to WEIR_EVENT_BATCH entries.
int weir_epoll_wait(int epfd, struct weir_event *out, int timeout);

int weir_eventfd(void);

// Nanoseconds of CLOCK_MONOTONIC.
uint64_t weir_monotonic_ns(void);

// Accepts one connection, non-blocking and close-on-exec. `address` points to a sockaddr_storage.
int weir_accept(int fd, void *address);

// A TCP socket, non-blocking and close-on-exec.
int weir_socket(int family);

int weir_set_reuseaddr(int fd);
int weir_set_reuseport(int fd);
int weir_set_nodelay(int fd);
// A peer that vanished without a FIN is noticed after two minutes.
int weir_set_keepalive(int fd);
int weir_set_v6only(int fd, int on);

// Closing this descriptor sends RST instead of FIN: tells the peer that the message is cut short.
int weir_set_reset_on_close(int fd);

// SO_ERROR: how a connection attempt ended, 0 or an errno.
int weir_socket_error(int fd);

// send and recv without SIGPIPE; the count, or -1 with errno.
ptrdiff_t weir_send(int fd, const void *bytes, size_t count);
// The same with MSG_MORE: for the last bytes before close or shutdown, which then share a packet with the FIN.
ptrdiff_t weir_send_before_close(int fd, const void *bytes, size_t count);
ptrdiff_t weir_recv(int fd, void *bytes, size_t count);
// Leaves what it reads where it is.
ptrdiff_t weir_peek(int fd, void *bytes, size_t count);

// Two pieces in one call: a message head and the body bytes behind it.
ptrdiff_t weir_send2(int fd, const void *a, size_t an, const void *b, size_t bn);

// Any number of pieces in one call, up to WEIR_PIECES. The layout is that of struct iovec.
struct weir_piece {
    const void *bytes;
    size_t count;
};

#define WEIR_PIECES 32

ptrdiff_t weir_sendv(int fd, const struct weir_piece *pieces, size_t count);

// A pipe that holds about `size` bytes if the system allows it: reading end, writing end. Returns how many it holds, or -1.
int weir_pipe(int ends[2], int size);
// Moves up to `count` bytes between a socket and a pipe inside the kernel; the count, 0 at the end of the stream, or -1.
ptrdiff_t weir_splice(int from, int to, size_t count);

// Bytes sent that the peer has not acknowledged yet; -1 when that cannot be told.
int weir_unacknowledged(int fd);

// 1 when nothing waits to be read and the peer has not closed.
int weir_is_quiet(int fd);

// Gives free pages of the heap back to the system, and the resident pages of the program's read-only segments to the page
// cache, from where they return when they are used: start-up and changes touch many that serving does not.
void weir_release_unused_memory(void);

// The number of CPUs this thread may run on (sched_getaffinity), at least 1.
int weir_affinity_count(void);

#endif
