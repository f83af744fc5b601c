#define _GNU_SOURCE
#include "CLinux.h"

#include <sched.h>

int weir_accept(int fd, struct sockaddr_storage *address) {
    socklen_t length = sizeof(*address);
    return accept4(fd, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int weir_affinity_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
    return CPU_COUNT(&set);
}
