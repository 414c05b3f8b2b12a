/* The pump's way for nearly every packet: decrypted, noted, kept and copied to every leg without Python. It does
   what Pump._rtp and what follows it do with a packet that is plain, and leaves every other to them; the same
   tests look at both. Linux only. */

#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "bytes.h"
#include "fan.h"
#include "summary.h"

#include "sieve.h"

#include "rush.h"

enum {
    HEADER = 12,
    MAX_PACKET = 1500, /* of pump.py */
    SLOT = 1504,       /* of ring.py */
    QUIET = 80,        /* of hush.py */
    NOTED = 1024       /* of twcc.py */
};

/* Places of Incoming's and Stream's cells and clocks. */
enum { NEXT, HIGH, RECEIVED, PLAIN, TIMESTAMP, PACKETS, OCTETS, LEVEL, LOUDNESS, LEVELS };
enum { JITTER, TRANSIT, SEEN_AT };

/* What a packet's header extensions say; -1 for what they don't. */
struct said {
    int32_t number, level;
};

/* The stream of this sender that has the SSRC, if its next packet may be plain. */
static struct source *among(const struct post *post, uint32_t ssrc, int64_t edition)
{
    for (int index = 0; index < post->streams; index++) {
        struct source *source = post->sources[index];
        if (source->ssrc == ssrc && source->cells[PLAIN] && source->edition == edition && source->post == post)
            return source;
    }
    return NULL;
}

/* Walk one-byte header extensions (RFC 8285 4.2); return where the payload starts, 0 if unsound. */
static int32_t payload(const struct post *post, const uint8_t *packet, int32_t size, struct said *said)
{
    int32_t at = HEADER + 4 * (packet[0] & 15);
    said->number = said->level = -1;
    if (!(packet[0] & 0x10))
        return at <= size ? at : 0;
    if (at + 4 > size)
        return 0;
    uint32_t profile = get16(packet + at);
    int32_t end = at + 4 + 4 * (int32_t)get16(packet + at + 2);
    at += 4;
    if (end > size)
        return 0;
    if (profile != 0xBEDE)
        return end;
    while (at < end) {
        if (!packet[at]) {
            at++;
            continue;
        }
        int32_t kind = packet[at] >> 4, following = at + 2 + (packet[at] & 15);
        if (following > end || kind == 15)
            break;
        /* A number of one byte would be cut off at the packet's end only: as in Python it is read all the same. */
        if (kind == post->twcc_id && at + 3 <= size)
            said->number = (int32_t)get16(packet + at + 1);
        else if (kind == post->level_id)
            said->level = packet[at + 1] & 127;
        at = following;
    }
    return end;
}

/* Where a VP8 payload (RFC 7741 4.2) has a 15-bit picture id and a tl0picidx; 0 for what it has not. */
static void places(const uint8_t *packet, int32_t size, int32_t *picture, int32_t *tl0)
{
    int32_t at = HEADER;
    *picture = *tl0 = 0;
    if (size < at + 3 || !(packet[at] & 0x80))
        return;
    uint8_t flags = packet[at + 1];
    at += 2;
    int32_t found = 0;
    if (flags & 0x80) {
        found = packet[at] & 0x80 ? at : 0;
        at += found ? 2 : 1;
    }
    if (found + 2 > size)
        return;
    *picture = found;
    *tl0 = flags & 0x40 && at < size ? at : 0;
}

/* The jitter estimate (RFC 3550 6.4.1, A.8), at each new timestamp. */
static void note_time(const struct source *source, uint32_t timestamp, double now)
{
    double *clocks = source->clocks;
    double transit = now * source->clock_rate - (double)timestamp;
    if (!isnan(clocks[TRANSIT])) {
        double change = fabs(transit - clocks[TRANSIT]);
        /* A timestamp that wraps or jumps is not jitter. */
        if (change < source->clock_rate * 10)
            clocks[JITTER] += (change - clocks[JITTER]) / 16;
    }
    clocks[TRANSIT] = transit;
    source->cells[TIMESTAMP] = timestamp;
}

/* Note a packet that is in order, and say which it is by its extended number. */
static int64_t note(const struct source *source, const uint8_t *packet, const struct said *said, int64_t at)
{
    int64_t *cells = source->cells;
    double now = (double)at * 1e-9;
    struct post *post = source->post;
    if (said->number >= 0) {
        post->numbers[*post->noted] = (uint16_t)said->number;
        post->ticks[(*post->noted)++] = at;
    }
    if (said->level >= 0) {
        cells[LEVEL] = source->video ? said->level : 0;
        cells[LOUDNESS] += 127 - said->level;
        cells[LEVELS]++;
    }
    cells[NEXT] = (get16(packet + 2) + 1) & 0xFFFF;
    cells[RECEIVED]++;
    cells[HIGH]++;
    if (cells[TIMESTAMP] != get32(packet + 4))
        note_time(source, get32(packet + 4), now);
    source->clocks[SEEN_AT] = now;
    return cells[HIGH];
}

/* Keep a packet and copy it to every leg; its header has no more than 12 bytes now. */
static void forward(const struct source *source, struct outlet *outlet, const uint8_t *packet, int32_t size,
                    int64_t number, double now)
{
    int32_t slot = (int32_t)get16(packet + 2) & source->mask, picture = 0, tl0 = 0;
    memcpy(source->kept + (size_t)slot * SLOT, packet, (size_t)size);
    source->sizes[slot] = (uint16_t)size;
    source->cells[PACKETS]++;
    source->cells[OCTETS] += size - HEADER;
    if (source->numbered)
        places(packet, size, &picture, &tl0);
    if (source->legs)
        fan(outlet, source->entries, source->legs, packet, size, number, picture, tl0, now);
}

/* Take one datagram if it is a plain packet, and return its source; NULL when it is Python's to take, decrypted
   where `clear` says so then. */
static const struct source *take(struct sieve *sieve, struct outlet *outlet, int32_t index, int64_t edition)
{
    struct mmsghdr *datagram = (struct mmsghdr *)sieve->headers + index;
    uint8_t *packet = datagram->msg_hdr.msg_iov->iov_base;
    int32_t size = (int32_t)datagram->msg_len;
    if (sieve->clear[index] || size < HEADER || size > MAX_PACKET || (packet[0] & 0xC0) != 0x80)
        return NULL;
    struct post *post = sieve_sender(sieve, index);
    struct source *source = post == NULL ? NULL : among(post, get32(packet + 8), edition);
    if (source == NULL)
        return NULL;
    if (sieve->unprotect(post->session, packet, &size)) {
        sieve->forged++;
        return source;
    }
    *post->received += datagram->msg_len;
    struct said said;
    int32_t at = payload(post, packet, size, &said);
    if (!at || (packet[1] & 0x7F) != source->payload_type || (*post->noted == NOTED && said.number >= 0) ||
        ((get16(packet + 2) - source->cells[NEXT]) & 0xFFFF) || (!source->video && said.level >= QUIET)) {
        datagram->msg_len = (unsigned)size;
        sieve->clear[index] = 1;
        return NULL;
    }
    sieve->packets++;
    sieve->octets += size;
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    int64_t now = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    memmove(packet + at - HEADER, packet, HEADER);
    packet += at - HEADER;
    packet[0] &= 0xA0;
    int64_t number = note(source, packet, &said, now);
    forward(source, outlet, packet, size - at + HEADER, number, (double)now * 1e-9);
    return source;
}

/* Take the datagrams `left[from..end)` in turn; return the place of the first that is not taken. `full` says
   that it is because of the copies, of which there are more than `many`: they are to leave first. */
int32_t rush(struct sieve *sieve, struct outlet *outlet, int32_t from, int32_t end, int64_t edition, int32_t many)
{
    int32_t copies = 0;
    const struct post *last = NULL;
    sieve->full = 0;
    for (; from < end; from++) {
        if (copies > many && sieve_sender(sieve, sieve->left[from]) != last) {
            sieve->full = 1;
            break;
        }
        const struct source *source = take(sieve, outlet, sieve->left[from], edition);
        if (source == NULL)
            break;
        last = source->post;
        copies += source->legs;
    }
    return from;
}
