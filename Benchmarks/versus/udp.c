// udp echo PORT: sends every datagram back. udp load PORT FLOWS SECONDS: FLOWS sockets play ping-pong with 100-byte
// datagrams, eight in flight each; prints how many came back and how many got lost. Both run on one core.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, SIZE = 100, WINDOW = 8 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int echo(int port) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 4 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    struct sockaddr_in address = loopback(port);
    if (bind(fd, (struct sockaddr *)&address, sizeof address)) return perror("bind"), 1;
    static char bytes[BATCH][2048];
    struct sockaddr_in peers[BATCH];
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH];
    for (;;) {
        memset(messages, 0, sizeof messages);
        for (int i = 0; i < BATCH; i++) {
            parts[i] = (struct iovec){bytes[i], sizeof bytes[i]};
            messages[i].msg_hdr = (struct msghdr){.msg_name = &peers[i], .msg_namelen = sizeof peers[i],
                                                  .msg_iov = &parts[i], .msg_iovlen = 1};
        }
        int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
        if (count < 0) return perror("recvmmsg"), 1;
        for (int i = 0; i < count; i++) parts[i].iov_len = messages[i].msg_len;
        sendmmsg(fd, messages, count, 0);
    }
}

static int load(int port, int flows, double length) {
    int epoll = epoll_create1(0), *fds = malloc(flows * sizeof *fds);
    struct sockaddr_in address = loopback(port);
    char bytes[SIZE] = {0}, answer[2048];
    long sent = 0, received = 0;
    for (int i = 0; i < flows; i++) {
        fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (connect(fds[i], (struct sockaddr *)&address, sizeof address)) return perror("connect"), 1;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fds[i]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event);
        for (int k = 0; k < WINDOW; k++) sent += send(fds[i], bytes, SIZE, 0) == SIZE;
    }
    double end = seconds() + length;
    struct epoll_event events[256];
    while (seconds() < end) {
        int count = epoll_wait(epoll, events, 256, 50);
        for (int i = 0; i < count; i++)
            while (recv(events[i].data.fd, answer, sizeof answer, 0) == SIZE) {
                received++;
                sent += send(events[i].data.fd, bytes, SIZE, 0) == SIZE;
            }
        // What was lost is replaced, so that no flow falls silent.
        if (count == 0)
            for (int i = 0; i < flows; i++) sent += send(fds[i], bytes, SIZE, 0) == SIZE;
    }
    printf("%ld %ld\n", received, sent - received - (long)flows * WINDOW > 0 ? sent - received - (long)flows * WINDOW : 0);
    return 0;
}

int main(int count, char **arguments) {
    if (count == 3 && !strcmp(arguments[1], "echo")) return echo(atoi(arguments[2]));
    if (count == 5 && !strcmp(arguments[1], "load"))
        return load(atoi(arguments[2]), atoi(arguments[3]), atof(arguments[4]));
    fprintf(stderr, "udp echo PORT | udp load PORT FLOWS SECONDS\n");
    return 2;
}
