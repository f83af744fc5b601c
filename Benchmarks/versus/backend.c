// backend PORT: the HTTP/1.1 server behind every proxy of the side-by-side. The last part of the path chooses the body:
// /.../h 100 bytes, /.../k16 16 KiB, /.../m1 1 MiB. Keep-alive unless the request says `Connection: close`. One loop,
// edge-triggered epoll; requests without bodies only. It must cost little, since it shares its core with the load.
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

enum { SCRATCH = 65536, EVENTS = 512 };

struct answer {
    const char *name;
    size_t body_bytes, length[2];
    char *bytes[2];  // [0] keep-alive, [1] Connection: close
};

static struct answer answers[] = {
    {.name = "h", .body_bytes = 100}, {.name = "k16", .body_bytes = 16 << 10}, {.name = "m1", .body_bytes = 1 << 20},
    {.name = NULL},
};

// `saved` is an incomplete request, or requests that came while `answer` was being sent.
struct connection {
    int fd, closing;
    struct answer *answer;
    size_t sent, saved_length;
    char *saved;
};

static char scratch[SCRATCH * 2];

static void prepare(void) {
    for (struct answer *answer = answers; answer->name; answer++)
        for (int close = 0; close < 2; close++) {
            char head[256];
            int head_length = snprintf(head, sizeof head,
                "HTTP/1.1 200 OK\r\nServer: backend\r\nContent-Type: text/plain\r\n%sContent-Length: %zu\r\n\r\n",
                close ? "Connection: close\r\n" : "", answer->body_bytes);
            answer->length[close] = head_length + answer->body_bytes;
            answer->bytes[close] = malloc(answer->length[close]);
            memcpy(answer->bytes[close], head, head_length);
            memset(answer->bytes[close] + head_length, 'x', answer->body_bytes);
        }
}

static struct answer *choose(const char *head, size_t length) {
    const char *end = memchr(head, '\r', length), *path = memchr(head, ' ', length);
    const char *path_end = path ? memchr(path + 1, ' ', end - path - 1) : NULL;
    if (!path_end) return NULL;
    const char *name = path_end;
    while (name > path && name[-1] != '/') name--;
    for (struct answer *answer = answers; answer->name; answer++)
        if (strlen(answer->name) == (size_t)(path_end - name) && !memcmp(answer->name, name, path_end - name))
            return answer;
    return answers;
}

// Sends the rest of the current answer; 1 when done, 0 when the socket is full, -1 when the connection is to be closed.
static int transmit(struct connection *connection) {
    struct answer *answer = connection->answer;
    size_t length = answer->length[connection->closing];
    while (connection->sent < length) {
        ssize_t sent = send(connection->fd, answer->bytes[connection->closing] + connection->sent,
                            length - connection->sent, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN ? 0 : -1;
        connection->sent += sent;
    }
    connection->answer = NULL;
    return connection->closing ? -1 : 1;
}

static void save(struct connection *connection, const char *bytes, size_t length) {
    char *copy = length ? malloc(length) : NULL;
    if (length) memcpy(copy, bytes, length);
    free(connection->saved);
    connection->saved = copy, connection->saved_length = length;
}

// Answers every whole request in bytes; what is left is saved. -1 when the connection is to be closed.
static int serve(struct connection *connection, const char *bytes, size_t length) {
    while (length > 0 && !connection->answer) {
        const char *end = memmem(bytes, length, "\r\n\r\n", 4);
        if (!end) break;
        size_t head = end + 4 - bytes;
        if (!(connection->answer = choose(bytes, head))) return -1;
        connection->sent = 0;
        connection->closing = memmem(bytes, head, "\r\nConnection: close\r\n", 21) != NULL
            || memmem(bytes, head, "\r\nconnection: close\r\n", 21) != NULL;
        bytes += head, length -= head;
        if (transmit(connection) < 0) return -1;
    }
    if (length > SCRATCH) return -1;
    if (length > 0 || connection->saved) save(connection, bytes, length);
    return 0;
}

// Reads and answers until the socket is empty or full. -1 when the connection is to be closed.
static int work(struct connection *connection) {
    if (connection->answer) {
        int state = transmit(connection);
        if (state <= 0) return state;
    }
    for (;;) {
        size_t old = connection->saved_length;
        memcpy(scratch, connection->saved ? connection->saved : "", old);
        ssize_t got = recv(connection->fd, scratch + old, SCRATCH, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN)) return -1;
        if (got < 0 && old == 0) return 0;
        if (serve(connection, scratch, old + (got > 0 ? got : 0)) < 0) return -1;
        if (got < SCRATCH || connection->answer) return 0;
    }
}

int main(int count, char **arguments) {
    if (count != 2) return fprintf(stderr, "usage: backend PORT\n"), 2;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1, poller = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    signal(SIGPIPE, SIG_IGN);
    prepare();
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8192)) return perror("backend"), 1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection) {
                int fd;
                while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    connection = calloc(1, sizeof *connection);
                    connection->fd = fd;
                    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, event.data.ptr = connection;
                    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
                }
            } else if (work(connection) < 0) {
                close(connection->fd);
                free(connection->saved);
                free(connection);
            }
        }
    }
}
