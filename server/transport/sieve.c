/* The inlet's inner loop: receives, and keeps back the reports that can wait for the next round, so that Python
   is woken for what it has to act on. With 24 watchers three of four datagrams that come are such reports, and
   each cost what it takes to wake Python: 45 µs where this takes 6. What is not kept is handed on as it is, but
   for RTCP, which is decrypted already. Linux only. */

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "bytes.h"
#include "summary.h"

#include "sieve.h"

enum {
    BUCKETS = 1024,      /* of senders, by their keys; a power of two */
    KEY = 44,            /* struct sockaddr_in6 and an address of ours */
    MOST_REPORTERS = 8,
    MOST_MAIL = 32,      /* MAX_TOLD of reports.py */
    MAX_PACKET = 1500,   /* as in pump.py */
    TRANSPORT_CC = 15,   /* the format (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1) of ... */
    RTPFB = 205          /* ... transport layer feedback (RFC 4585 6.2) */
};

/* Who may send, by key. The event loop's thread and the media thread both come here. */
struct crowd {
    pthread_mutex_t lock;
    struct post *buckets[BUCKETS];
};

struct sieve *sieve_new(void)
{
    struct sieve *sieve = calloc(1, sizeof *sieve);
    struct crowd *crowd = calloc(1, sizeof *crowd);
    if (sieve == NULL || crowd == NULL) {
        free(sieve);
        free(crowd);
        return NULL;
    }
    pthread_mutex_init(&crowd->lock, NULL);
    sieve->crowd = crowd;
    sieve->timeout = -1;
    return sieve;
}

void sieve_free(struct sieve *sieve)
{
    pthread_mutex_destroy(&sieve->crowd->lock);
    free(sieve->crowd);
    free(sieve);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static struct post **bucket(struct crowd *crowd, const uint8_t *key)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (int index = 0; index < KEY; index++)
        hash = (hash ^ key[index]) * 16777619u;
    return &crowd->buckets[(hash ^ hash >> 16) % BUCKETS];
}

static struct post *find(struct crowd *crowd, const uint8_t *key)
{
    struct post *post = *bucket(crowd, key);
    while (post != NULL && memcmp(post->key, key, KEY) != 0)
        post = post->next;
    return post;
}

static struct post *sender(struct sieve *sieve, const struct mmsghdr *datagram)
{
    uint8_t key[KEY] = {0};
    memcpy(key, datagram->msg_hdr.msg_name, (size_t)sieve->name_size);
    if (sieve->own_size)
        memcpy(key + sieve->name_size, (uint8_t *)datagram->msg_hdr.msg_control + sieve->own_at,
               (size_t)sieve->own_size);
    return find(sieve->crowd, key);
}

/* Who sent a datagram of the last call; NULL for a stranger. Only for the thread that receives. */
struct post *sieve_sender(struct sieve *sieve, int32_t index)
{
    return sender(sieve, (struct mmsghdr *)sieve->headers + index);
}

static int knows(const struct post *post, uint32_t reporter)
{
    for (int index = 0; index < post->known; index++)
        if (post->reporters[index] == reporter)
            return 1;
    return 0;
}

/* Keep a packet, if it is one transport-wide report and nothing else, and if there is room. */
static int keep(struct mail *mail, const uint8_t *packet, int32_t size, double at)
{
    int32_t start = mail->count ? mail->ends[mail->count - 1] : 0;
    if (size < 8 || (packet[0] & 31) != TRANSPORT_CC || packet[1] != RTPFB ||
        4 + 4 * (int32_t)get16(packet + 2) != size || mail->count == MOST_MAIL ||
        start + size > (int32_t)sizeof mail->data)
        return 0;
    memcpy(mail->data + start, packet, (size_t)size);
    mail->times[mail->count] = at;
    mail->ends[mail->count++] = start + size;
    return 1;
}

/* Take one datagram; 0 when it is for Python, decrypted where `clear` says so then. */
static int take(struct sieve *sieve, struct mmsghdr *datagram, double at, uint8_t *clear)
{
    uint8_t *packet = datagram->msg_hdr.msg_iov->iov_base;
    int32_t size = (int32_t)datagram->msg_len;
    if (size < 12 || size > MAX_PACKET || (packet[0] & 0xC0) != 0x80 || packet[1] < 192 || packet[1] > 223)
        return 0;
    struct post *post = sender(sieve, datagram);
    if (post == NULL || !knows(post, get32(packet + 4)))
        return 0;
    if (sieve->unprotect_rtcp(post->session, packet, &size)) {
        sieve->refused++;
        return 1;
    }
    if (keep(&post->mail, packet, size, at))
        return 1;
    datagram->msg_len = (unsigned)size;
    *clear = 1;
    return 0;
}

static int32_t sift(struct sieve *sieve, int32_t count, double at)
{
    struct mmsghdr *datagrams = sieve->headers;
    int32_t left = 0;
    pthread_mutex_lock(&sieve->crowd->lock);
    for (int32_t index = 0; index < count; index++) {
        sieve->clear[index] = 0;
        if (!take(sieve, &datagrams[index], at, &sieve->clear[index]))
            sieve->left[left++] = index;
    }
    pthread_mutex_unlock(&sieve->crowd->lock);
    return left;
}

/* SO_RCVTIMEO and not poll(2), which would be asked before every call. */
static void set_timeout(struct sieve *sieve, double seconds)
{
    if (seconds == sieve->timeout)
        return;
    sieve->timeout = seconds;
    /* 0 would be for ever. */
    int64_t micros = seconds > 1e-6 ? (int64_t)(seconds * 1e6) : 1;
    struct timeval value = {.tv_sec = micros / 1000000, .tv_usec = micros % 1000000};
    setsockopt(sieve->fd, SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
}

/* Wait until something comes that is for Python, for `patience` seconds at most; return how much that is. */
int32_t sieve_receive(struct sieve *sieve, double patience)
{
    struct mmsghdr *datagrams = sieve->headers;
    double until = now() + patience, wait = patience;
    do {
        set_timeout(sieve, wait);
        /* The kernel has written how long the control data of the last ones was. */
        for (int32_t index = 0; index < sieve->used; index++)
            if (datagrams[index].msg_hdr.msg_control != NULL)
                datagrams[index].msg_hdr.msg_controllen = (size_t)sieve->control_size;
        int count = recvmmsg(sieve->fd, datagrams, (unsigned)sieve->batch, MSG_WAITFORONE, NULL);
        if (count <= 0)
            return 0;
        sieve->used = count;
        double at = now();
        int32_t left = sift(sieve, count, at);
        if (left)
            return left;
        wait = until - at;
    } while (wait > 0);
    return 0;
}

/* Know a sender from now on. */
void sieve_list(struct sieve *sieve, struct post *post)
{
    pthread_mutex_lock(&sieve->crowd->lock);
    struct post **first = bucket(sieve->crowd, post->key);
    post->next = *first;
    *first = post;
    pthread_mutex_unlock(&sieve->crowd->lock);
}

/* Let RTCP of this SSRC in from a sender, as long as it has not too many. */
void sieve_admit(struct sieve *sieve, struct post *post, uint32_t reporter)
{
    pthread_mutex_lock(&sieve->crowd->lock);
    if (post->known < MOST_REPORTERS && !knows(post, reporter))
        post->reporters[post->known++] = reporter;
    pthread_mutex_unlock(&sieve->crowd->lock);
}

/* Know nobody any more; what has been kept can still be taken. */
void sieve_forget(struct sieve *sieve)
{
    pthread_mutex_lock(&sieve->crowd->lock);
    memset(sieve->crowd->buckets, 0, sizeof sieve->crowd->buckets);
    pthread_mutex_unlock(&sieve->crowd->lock);
}

/* Hand over what has been kept. */
void sieve_take(struct sieve *sieve, struct post *post, struct mail *into)
{
    pthread_mutex_lock(&sieve->crowd->lock);
    struct mail *mail = &post->mail;
    into->count = mail->count;
    if (mail->count) {
        memcpy(into->ends, mail->ends, sizeof mail->ends);
        memcpy(into->times, mail->times, sizeof mail->times);
        memcpy(into->data, mail->data, (size_t)mail->ends[mail->count - 1]);
        mail->count = 0;
    }
    pthread_mutex_unlock(&sieve->crowd->lock);
}

/* Sum up what has been kept, and keep it no longer; 0, and nothing is done, where Python has to read it. */
int32_t sieve_sum(struct sieve *sieve, struct post *post, int64_t least, int64_t before, struct summary *into)
{
    pthread_mutex_lock(&sieve->crowd->lock);
    int32_t summed = sum_up(&post->mail, &post->departed, least, before, into);
    if (summed)
        post->mail.count = 0;
    pthread_mutex_unlock(&sieve->crowd->lock);
    return summed;
}
