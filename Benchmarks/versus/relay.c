// relay LISTEN_PORT UPSTREAM_PORT: the floor of the side-by-side. Passes bytes in both directions and parses nothing.
// Edge-triggered epoll, one loop, one upstream connection per client connection, taken from a stock of connections made
// in advance. What a proxy costs above this is what it does for the user; what this costs is the kernel's.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SCRATCH = 65536, STOCK = 256, EVENTS = 512 };

// One direction's end. `pending` are bytes received from the peer that this socket did not take yet.
struct end {
    int fd, dead;
    struct end *peer;
    char *pending;
    size_t start, length;
    struct end *next_freed;
};

static int poller, listener, stocked;
static struct end *stock[STOCK], *freed;
static struct sockaddr_in upstream;
static char scratch[SCRATCH];

static struct end *adopt(int fd) {
    struct end *end = calloc(1, sizeof *end);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = end};
    int on = 1;
    end->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    return end;
}

static struct end *dial(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0 || (connect(fd, (struct sockaddr *)&upstream, sizeof upstream) != 0 && errno != EINPROGRESS)) {
        perror("relay: upstream");
        exit(1);
    }
    return adopt(fd);
}

// Events of this batch may still point at the two ends, so they are freed after it.
static void drop(struct end *end) {
    if (end->dead) return;
    close(end->fd);
    end->dead = 1;
    end->next_freed = freed;
    freed = end;
    if (end->peer) drop(end->peer);
}

// Sends what is pending; 1 when nothing is left, 0 when the socket is full, -1 when it is broken.
static int flush(struct end *to) {
    while (to->length > 0) {
        ssize_t sent = send(to->fd, to->pending + to->start, to->length, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == ENOTCONN ? 0 : -1;
        to->start += sent, to->length -= sent;
    }
    free(to->pending);
    to->pending = NULL;
    return 1;
}

static void pump(struct end *from) {
    struct end *to = from->peer;
    if (!to) return;  // A stocked connection: nothing to do until it gets a client.
    while (!from->dead && to->length == 0) {
        ssize_t got = recv(from->fd, scratch, SCRATCH, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != ENOTCONN)) return drop(from);
        if (got < 0) return;
        ssize_t sent = send(to->fd, scratch, got, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != ENOTCONN) return drop(from);
        if (sent < got) {
            if (sent < 0) sent = 0;
            to->length = got - sent, to->start = 0;
            to->pending = memcpy(malloc(to->length), scratch + sent, to->length);
        }
        if (got < SCRATCH) return;  // A short read emptied the socket; more bytes raise a new edge.
    }
}

static void handle(struct end *end, unsigned events) {
    if (end->dead) return;
    if (events & EPOLLOUT && end->length > 0) {
        int state = flush(end);
        if (state < 0) return drop(end);
        if (state > 0 && end->peer) pump(end->peer);
    }
    if (!end->dead && events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) pump(end);
    // The peer may have sent less than a scratch buffer and then closed: that edge came with those bytes.
    if (!end->dead && events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) pump(end);
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: relay LISTEN_PORT UPSTREAM_PORT\n"), 2;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    upstream = address, upstream.sin_port = htons(atoi(arguments[2]));
    int on = 1;
    signal(SIGPIPE, SIG_IGN);
    poller = epoll_create1(0);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8192)) return perror("relay"), 1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    while (stocked < STOCK) stock[stocked++] = dial();
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr) {
                handle(events[i].data.ptr, events[i].events);
                continue;
            }
            int fd;
            while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                struct end *client = adopt(fd), *server = stock[0];
                stock[0] = stock[stocked - 1], stock[stocked - 1] = dial();  // Oldest is used, a new one is last.
                client->peer = server, server->peer = client;
                pump(client);
            }
        }
        while (freed) {
            struct end *end = freed;
            freed = end->next_freed;
            free(end->pending);
            free(end);
        }
    }
}
