#define _GNU_SOURCE
#include "CLinuxDatagrams.h"

#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint64_t mapped_prefix = 0xffff00000000u;

int weir_udp_socket(int family) { return socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

int weir_set_packet_info(int fd, int family) {
    int on = 1;
    if (family == AF_INET6) return setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
    return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
}

int weir_set_receive_buffer(int fd, int bytes) {
    return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static void set_v4(struct weir_address *out, struct in_addr address) {
    out->high = 0;
    out->low = mapped_prefix | ntohl(address.s_addr);
}

static void set_v6(struct weir_address *out, const struct in6_addr *address) {
    uint64_t words[2];
    memcpy(words, address, sizeof(words));
    out->high = be64toh(words[0]);
    out->low = be64toh(words[1]);
}

static struct in6_addr get_v6(const struct weir_address *from) {
    uint64_t words[2] = {htobe64(from->high), htobe64(from->low)};
    struct in6_addr address;
    memcpy(&address, words, sizeof(address));
    return address;
}

static void read_peer(struct weir_address *out, const struct sockaddr_storage *storage) {
    if (storage->ss_family == AF_INET6) {
        const struct sockaddr_in6 *peer = (const struct sockaddr_in6 *)storage;
        set_v6(out, &peer->sin6_addr);
        out->port = ntohs(peer->sin6_port);
        out->scope = peer->sin6_scope_id;
    } else {
        const struct sockaddr_in *peer = (const struct sockaddr_in *)storage;
        set_v4(out, peer->sin_addr);
        out->port = ntohs(peer->sin_port);
        out->scope = 0;
    }
}

static void read_local(struct weir_address *out, struct msghdr *message) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof(info));
            set_v4(out, info.ipi_spec_dst);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof(info));
            set_v6(out, &info.ipi6_addr);
        }
    }
}

union control {
    char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
    struct cmsghdr alignment;
};

int weir_receive_datagrams(int fd, void *base, size_t stride, struct weir_datagram *out, int with_addresses) {
    struct mmsghdr messages[WEIR_DATAGRAM_BATCH];
    struct iovec parts[WEIR_DATAGRAM_BATCH];
    struct sockaddr_storage peers[WEIR_DATAGRAM_BATCH];
    union control controls[WEIR_DATAGRAM_BATCH];
    memset(messages, 0, sizeof(messages));
    for (int i = 0; i < WEIR_DATAGRAM_BATCH; i++) {
        parts[i] = (struct iovec){(char *)base + (size_t)i * stride, stride};
        struct msghdr *header = &messages[i].msg_hdr;
        header->msg_iov = &parts[i];
        header->msg_iovlen = 1;
        if (!with_addresses) continue;
        header->msg_name = &peers[i];
        header->msg_namelen = sizeof(peers[i]);
        header->msg_control = controls[i].bytes;
        header->msg_controllen = sizeof(controls[i].bytes);
    }
    int count = recvmmsg(fd, messages, WEIR_DATAGRAM_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        memset(&out[i], 0, sizeof(out[i]));
        out[i].length = messages[i].msg_len;
        out[i].truncated = (messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
        if (!with_addresses) continue;
        read_peer(&out[i].peer, &peers[i]);
        read_local(&out[i].local, &messages[i].msg_hdr);
    }
    return count;
}

static void prepare(
    struct mmsghdr *messages, struct iovec *parts, const void *base, size_t stride, const struct weir_datagram *list,
    int count) {
    memset(messages, 0, (size_t)count * sizeof(*messages));
    for (int i = 0; i < count; i++) {
        parts[i] = (struct iovec){(char *)base + (size_t)i * stride, list[i].length};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
}

int weir_send_datagrams(int fd, const void *base, size_t stride, const struct weir_datagram *list, int count) {
    struct mmsghdr messages[WEIR_DATAGRAM_BATCH];
    struct iovec parts[WEIR_DATAGRAM_BATCH];
    if (count > WEIR_DATAGRAM_BATCH) count = WEIR_DATAGRAM_BATCH;
    prepare(messages, parts, base, stride, list, count);
    return sendmmsg(fd, messages, (unsigned)count, MSG_NOSIGNAL);
}

static socklen_t write_peer(struct sockaddr_storage *storage, int family, const struct weir_address *to) {
    memset(storage, 0, sizeof(*storage));
    if (family == AF_INET6) {
        struct sockaddr_in6 *peer = (struct sockaddr_in6 *)storage;
        peer->sin6_family = AF_INET6;
        peer->sin6_port = htons(to->port);
        peer->sin6_addr = get_v6(to);
        peer->sin6_scope_id = to->scope;
        return sizeof(*peer);
    }
    struct sockaddr_in *peer = (struct sockaddr_in *)storage;
    peer->sin_family = AF_INET;
    peer->sin_port = htons(to->port);
    peer->sin_addr.s_addr = htonl((uint32_t)to->low);
    return sizeof(*peer);
}

static size_t write_local(union control *control, int family, const struct weir_address *from) {
    memset(control, 0, sizeof(*control));
    struct cmsghdr *header = &control->alignment;
    if (family == AF_INET6) {
        struct in6_pktinfo info = {.ipi6_addr = get_v6(from)};
        header->cmsg_level = IPPROTO_IPV6;
        header->cmsg_type = IPV6_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof(info));
        memcpy(CMSG_DATA(header), &info, sizeof(info));
        return CMSG_SPACE(sizeof(info));
    }
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl((uint32_t)from->low)};
    header->cmsg_level = IPPROTO_IP;
    header->cmsg_type = IP_PKTINFO;
    header->cmsg_len = CMSG_LEN(sizeof(info));
    memcpy(CMSG_DATA(header), &info, sizeof(info));
    return CMSG_SPACE(sizeof(info));
}

int weir_send_datagrams_to(
    int fd, int family, const struct weir_datagram *to, const void *base, size_t stride,
    const struct weir_datagram *list, int count) {
    struct mmsghdr messages[WEIR_DATAGRAM_BATCH];
    struct iovec parts[WEIR_DATAGRAM_BATCH];
    struct sockaddr_storage peer;
    union control control;
    if (count > WEIR_DATAGRAM_BATCH) count = WEIR_DATAGRAM_BATCH;
    prepare(messages, parts, base, stride, list, count);
    socklen_t peer_length = write_peer(&peer, family, &to->peer);
    int has_local = to->local.high != 0 || to->local.low != 0;
    size_t control_length = has_local ? write_local(&control, family, &to->local) : 0;
    for (int i = 0; i < count; i++) {
        messages[i].msg_hdr.msg_name = &peer;
        messages[i].msg_hdr.msg_namelen = peer_length;
        if (!has_local) continue;
        messages[i].msg_hdr.msg_control = control.bytes;
        messages[i].msg_hdr.msg_controllen = control_length;
    }
    return sendmmsg(fd, messages, (unsigned)count, MSG_NOSIGNAL);
}
