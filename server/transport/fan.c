/* The pump's inner loop: one packet to every leg, numbered, protected and sent. It decides nothing, keeps no
   state but what waits to leave, and does byte for byte what Outlet.fan does in Python; the same tests look at
   both. Linux only. */

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bytes.h"
#include "fan.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum {
    HEADER = 12,
    BLOCK = 8,             /* an extension block with a transport-wide number (RFC 8285 4.2) */
    BUFFER = 65536,        /* OUT_BYTES of link.py */
    MOST_SEGMENTS = 40,    /* MAX_SEGMENTS of outlet.py */
    MOST_BATCHES = 128,
    MOST_LINES = 1024
};

/* One control message: the size of the datagrams that a message is to be cut into. */
struct control {
    _Alignas(struct cmsghdr) uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
};

struct queue {
    int batches, lines;
    struct line *waiting[MOST_LINES];
    struct mmsghdr messages[MOST_BATCHES];
    struct iovec vectors[MOST_BATCHES];
    struct control controls[MOST_BATCHES];
    int32_t segments[MOST_BATCHES];
};

struct outlet *outlet_new(int32_t fd, int32_t (*protect)(void *, void *, int32_t *), int32_t ring)
{
    struct outlet *outlet = calloc(1, sizeof *outlet);
    struct queue *queue = calloc(1, sizeof *queue);
    if (outlet == NULL || queue == NULL) {
        free(outlet);
        free(queue);
        return NULL;
    }
    outlet->fd = fd;
    outlet->protect = protect;
    outlet->ring = ring;
    outlet->gso = 1;
    outlet->queue = queue;
    for (int index = 0; index < MOST_BATCHES; index++) {
        struct cmsghdr *head = (struct cmsghdr *)queue->controls[index].bytes;
        head->cmsg_len = CMSG_LEN(sizeof(uint16_t));
        head->cmsg_level = IPPROTO_UDP;
        head->cmsg_type = UDP_SEGMENT;
        queue->messages[index].msg_hdr.msg_iov = &queue->vectors[index];
        queue->messages[index].msg_hdr.msg_iovlen = 1;
    }
    return outlet;
}

void outlet_free(struct outlet *outlet)
{
    free(outlet->queue);
    free(outlet);
}

static inline void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xFFFF);
}

/* A path that takes no message of several datagrams, or none of this length, may still take each alone. */
static void send_singly(struct outlet *outlet, const struct msghdr *message, int32_t segment)
{
    const uint8_t *data = message->msg_iov->iov_base;
    size_t left = message->msg_iov->iov_len;
    while (left > 0) {
        size_t size = left < (size_t)segment ? left : (size_t)segment;
        if (sendto(outlet->fd, data, size, MSG_DONTWAIT, message->msg_name, message->msg_namelen) < 0) {
            outlet->lost++;
            outlet->packets--;
            outlet->octets -= (int64_t)size;
        }
        data += size;
        left -= size;
    }
}

static int32_t segments(size_t size, int32_t segment) { return ((int32_t)size + segment - 1) / segment; }

/* Hand everything that is complete to the kernel. */
static void depart(struct outlet *outlet)
{
    struct queue *queue = outlet->queue;
    int done = 0, count = queue->batches;
    while (done < count) {
        const struct msghdr *head = &queue->messages[done].msg_hdr;
        size_t size = head->msg_iov->iov_len;
        int32_t segment = queue->segments[done];
        if (!outlet->gso && size > (size_t)segment) {
            send_singly(outlet, head, segment);
            done++;
            continue;
        }
        int sent = sendmmsg(outlet->fd, queue->messages + done, (unsigned)(count - done), MSG_DONTWAIT);
        if (sent > 0) {
            done += sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            for (; done < count; done++) {
                size = queue->vectors[done].iov_len;
                int32_t lost = segments(size, queue->segments[done]);
                outlet->lost += lost;
                outlet->packets -= lost;
                outlet->octets -= (int64_t)size;
            }
        } else {
            if (size > (size_t)segment)
                outlet->gso = 0;
            send_singly(outlet, head, segment);
            done++;
        }
    }
    queue->batches = 0;
}

/* End a line's batch; it leaves with the others. */
static void close_batch(struct outlet *outlet, struct line *line)
{
    struct queue *queue = outlet->queue;
    int32_t size = line->fill - line->start;
    if (queue->batches == MOST_BATCHES)
        depart(outlet);
    int index = queue->batches++;
    struct msghdr *head = &queue->messages[index].msg_hdr;
    int several = size > line->segment;
    queue->vectors[index].iov_base = line->buffer + line->start;
    queue->vectors[index].iov_len = (size_t)size;
    queue->segments[index] = line->segment;
    uint16_t segment = (uint16_t)line->segment;
    memcpy(CMSG_DATA((struct cmsghdr *)queue->controls[index].bytes), &segment, sizeof segment);
    head->msg_name = line->name;
    head->msg_namelen = line->name_size;
    head->msg_control = several ? &queue->controls[index] : NULL;
    head->msg_controllen = several ? sizeof(struct control) : 0;
    line->start = line->fill;
    line->counter[1] += size;
    outlet->packets += segments((size_t)size, line->segment);
    outlet->octets += size;
}

/* Begin a batch of datagrams of at most `size` bytes behind what the line's buffer already has. */
static void open_batch(struct outlet *outlet, struct line *line, int32_t size)
{
    if (line->fill > line->start)
        close_batch(outlet, line);
    if (line->fill + size > BUFFER) {
        depart(outlet);
        line->start = line->fill = 0;
    }
    if (!line->waiting) {
        if (outlet->queue->lines == MOST_LINES)
            leave(outlet);
        outlet->queue->waiting[outlet->queue->lines++] = line;
        line->waiting = 1;
    }
    line->segment = line->room = size;
    int32_t limit = line->fill + size * MOST_SEGMENTS;
    line->limit = limit < BUFFER - size ? limit : BUFFER - size;
}

/* Protect `clear` bytes at the end of a line's batch, where there is room for them, into it. */
static void seal(struct outlet *outlet, struct line *line, void *session, int32_t clear)
{
    if (outlet->protect(session, line->buffer + line->fill, &clear)) {
        outlet->unprotected++;
        return;
    }
    line->fill += clear;
    /* Only the last datagram of a message may be shorter than the others. */
    if (clear < line->segment || line->fill > line->limit)
        line->room = 0;
}

/* One packet that is as it should be, with a tag of at most `tag` bytes. */
void put(struct outlet *outlet, struct line *line, void *session, int32_t tag, const uint8_t *packet, int32_t clear)
{
    if (clear + tag > line->room)
        open_batch(outlet, line, clear + tag);
    memcpy(line->buffer + line->fill, packet, (size_t)clear);
    seal(outlet, line, session, clear);
}

/* `packet` has a header of 12 bytes and the extended number `number`. `picture_at` is where its payload has a
   15-bit picture number and `tl0_at` where it has an 8-bit layer index, 0 where it has none. */
void fan(struct outlet *outlet, const struct entry *entry, int32_t count, const uint8_t *packet, int32_t whole,
         int64_t number, int32_t picture_at, int32_t tl0_at, double now)
{
    const struct entry *end = entry + count;
    uint32_t sequence = get16(packet + 2), timestamp = get32(packet + 4);
    for (; entry < end; entry++) {
        if (number < entry->start)
            continue;
        struct line *line = entry->line;
        int32_t more = entry->extension ? BLOCK : 0, clear = whole + more, size = clear + entry->tag;
        if (size > line->room)
            open_batch(outlet, line, size);
        uint8_t *at = line->buffer + line->fill;
        memcpy(at + HEADER + more, packet + HEADER, (size_t)(whole - HEADER));
        at[0] = packet[0];
        at[1] = (packet[1] & 0x80) | entry->payload_type;
        uint16_t own = (uint16_t)(sequence + entry->sequence_offset);
        put16(at + 2, own);
        put32(at + 4, timestamp + entry->timestamp_offset);
        put32(at + 8, entry->ssrc);
        if (more) {
            int64_t following = line->counter[0]++;
            line->sizes[following % outlet->ring] = (uint16_t)size;
            line->times[following % outlet->ring] = now;
            line->marks[following % outlet->ring] = (int64_t)entry->ssrc << 16 | own;
            at[0] |= 0x10;
            put32(at + 12, 0xBEDE0001);
            at[16] = entry->extension;
            put16(at + 17, (uint32_t)following);
            at[19] = 0;
        }
        if (picture_at && entry->picture_offset) {
            uint8_t *picture = at + more + picture_at;
            put16(picture, 0x8000 | ((get16(picture) + entry->picture_offset) & 0x7FFF));
        }
        if (tl0_at)
            at[more + tl0_at] += entry->tl0_offset;
        seal(outlet, line, entry->session, clear);
    }
}

/* Send everything that waits. */
void leave(struct outlet *outlet)
{
    struct queue *queue = outlet->queue;
    for (int index = 0; index < queue->lines; index++)
        if (queue->waiting[index]->fill > queue->waiting[index]->start)
            close_batch(outlet, queue->waiting[index]);
    depart(outlet);
    for (int index = 0; index < queue->lines; index++) {
        struct line *line = queue->waiting[index];
        line->start = line->fill = line->room = line->waiting = 0;
    }
    queue->lines = 0;
}
