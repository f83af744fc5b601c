#define _GNU_SOURCE
#include "CLinux.h"

#include <malloc.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

_Static_assert(WEIR_EVENT_IN == EPOLLIN, "EPOLLIN");
_Static_assert(WEIR_EVENT_OUT == EPOLLOUT, "EPOLLOUT");
_Static_assert(WEIR_EVENT_BROKEN == (EPOLLERR | EPOLLHUP), "EPOLLERR, EPOLLHUP");
_Static_assert(WEIR_EVENT_PEER_CLOSED == EPOLLRDHUP, "EPOLLRDHUP");

int weir_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int weir_epoll_add(int epfd, int fd, uint64_t data, int connection) {
    struct epoll_event event = {.data.u64 = data};
    event.events = connection ? (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET) : EPOLLIN;
    return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event);
}

int weir_epoll_wait(int epfd, struct weir_event *out, int timeout) {
    struct epoll_event events[WEIR_EVENT_BATCH];
    int n = epoll_wait(epfd, events, WEIR_EVENT_BATCH, timeout);
    for (int i = 0; i < n; i++) {
        out[i].data = events[i].data.u64;
        out[i].events = events[i].events;
    }
    return n;
}

int weir_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

uint64_t weir_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int weir_accept(int fd, void *address) {
    socklen_t length = sizeof(struct sockaddr_storage);
    return accept4(fd, address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int weir_socket(int family) { return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

static int set_int(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof(value));
}

int weir_set_reuseaddr(int fd) { return set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1); }
int weir_set_reuseport(int fd) { return set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1); }
int weir_set_nodelay(int fd) { return set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

int weir_set_keepalive(int fd) {
    set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
    set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
    set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
    return set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

int weir_set_v6only(int fd, int on) { return set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, on); }

int weir_set_reset_on_close(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

int weir_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof(error);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
    return error;
}

// Called directly: glibc's send and recv are cancellation points, which costs two atomic operations each in a process
// with threads.
ptrdiff_t weir_send(int fd, const void *bytes, size_t count) {
    return syscall(SYS_sendto, fd, bytes, count, MSG_NOSIGNAL, NULL, 0);
}

ptrdiff_t weir_send_before_close(int fd, const void *bytes, size_t count) {
    return syscall(SYS_sendto, fd, bytes, count, MSG_NOSIGNAL | MSG_MORE, NULL, 0);
}

ptrdiff_t weir_recv(int fd, void *bytes, size_t count) { return syscall(SYS_recvfrom, fd, bytes, count, 0, NULL, NULL); }

ptrdiff_t weir_peek(int fd, void *bytes, size_t count) {
    return syscall(SYS_recvfrom, fd, bytes, count, MSG_PEEK, NULL, NULL);
}

ptrdiff_t weir_send2(int fd, const void *a, size_t an, const void *b, size_t bn) {
    struct iovec parts[2] = {{(void *)a, an}, {(void *)b, bn}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    return syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL);
}

_Static_assert(sizeof(struct weir_piece) == sizeof(struct iovec), "weir_piece is an iovec");
_Static_assert(offsetof(struct weir_piece, count) == offsetof(struct iovec, iov_len), "weir_piece is an iovec");

ptrdiff_t weir_sendv(int fd, const struct weir_piece *pieces, size_t count) {
    struct msghdr message = {.msg_iov = (struct iovec *)(void *)pieces, .msg_iovlen = count};
    return syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL);
}

int weir_pipe(int ends[2], int size) {
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return -1;
    // Beyond what one user may have in all pipes this fails, and the pipe stays as it is.
    int granted = fcntl(ends[1], F_SETPIPE_SZ, size);
    return granted > 0 ? granted : fcntl(ends[1], F_GETPIPE_SZ);
}

ptrdiff_t weir_splice(int from, int to, size_t count) {
    return splice(from, NULL, to, NULL, count, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
}

int weir_unacknowledged(int fd) {
    int waiting = 0;
    return ioctl(fd, SIOCOUTQ, &waiting) == 0 ? waiting : -1;
}

int weir_is_quiet(int fd) {
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

int weir_affinity_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
    return CPU_COUNT(&set);
}

// Segments that are not writable never change in memory: relocations are applied to the writable ones.
static int release_segments(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    // The program itself has no name, libraries have a path; the vDSO has neither and is no file.
    const char *name = object->dlpi_name;
    if (name != NULL && name[0] != '\0' && name[0] != '/') return 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~(page - 1);
        if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void weir_release_unused_memory(void) {
    dl_iterate_phdr(release_segments, NULL);
    malloc_trim(0);
}
