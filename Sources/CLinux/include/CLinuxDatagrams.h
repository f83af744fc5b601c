// Datagrams, many in one system call.
#ifndef WEIR_CLINUX_DATAGRAMS_H
#define WEIR_CLINUX_DATAGRAMS_H

#include <stddef.h>
#include <stdint.h>

// The most that one call moves.
#define WEIR_DATAGRAM_BATCH 32

// An address with its port. IPv4 addresses are IPv4-mapped; the first 64 bits, the first of them in the highest place.
struct weir_address {
    uint64_t high;
    uint64_t low;
    // The interface of a link-local address (sin6_scope_id).
    uint32_t scope;
    uint16_t port;
};

struct weir_datagram {
    struct weir_address peer;
    // Where the peer sent it to; all 0 when that was not asked for. The port is not set.
    struct weir_address local;
    // What of it stands in the buffer.
    uint32_t length;
    // It was longer than the buffer.
    uint32_t truncated;
};

// A UDP socket, non-blocking and close-on-exec.
int weir_udp_socket(int family);

// Asks for `local` of datagrams; for sockets that are bound to all addresses.
int weir_set_packet_info(int fd, int family);

// Asks for room for so many waiting bytes; the system may give less.
int weir_set_receive_buffer(int fd, int bytes);

// Receives up to WEIR_DATAGRAM_BATCH datagrams, number n to `base + n * stride`. `with_addresses`: fills `peer` and
// `local`. Returns their number, or -1 with errno.
int weir_receive_datagrams(int fd, void *base, size_t stride, struct weir_datagram *out, int with_addresses);

// Sends `count` datagrams over a connected socket: number n is `lengths[n]` bytes at `base + n * stride`. Returns how many
// were sent, or -1 with errno.
int weir_send_datagrams(int fd, const void *base, size_t stride, const struct weir_datagram *list, int count);

// The same to one peer, from the address that it knows (`from->local`, if not 0).
int weir_send_datagrams_to(
    int fd, int family, const struct weir_datagram *to, const void *base, size_t stride,
    const struct weir_datagram *list, int count);

#endif
