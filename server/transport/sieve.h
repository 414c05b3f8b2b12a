/* What sieve.c shares with sieve.py, which reads this file: plain C declarations, nothing for a preprocessor. */

struct source;

/* One sender as it is known here: by `key`, its address and, where the socket has several, our own. `session` is
   the SRTP that decrypts what it sends, `reporters` are those of its SSRCs whose RTCP is let in, `sources` its
   streams that may have plain packets (rush.h). `received` belongs to the link, `numbers`, `ticks` and `noted`
   to its Arrivals; of the header extensions that are read `twcc_id` and `level_id` are the ids, 0 for none. What
   it reports on has `departed`. */
struct post {
    uint8_t key[44];
    void *session;
    int32_t known, streams;
    uint32_t reporters[8];
    struct source *sources[16];
    int64_t *received;
    uint16_t *numbers;
    int64_t *ticks;
    int64_t *noted;
    uint8_t twcc_id, level_id;
    struct departed departed;
    struct mail mail;
    struct post *next;
};

/* A socket's datagrams. `headers` is an array of `batch` struct mmsghdr, laid out by inlet.py; `name_size` bytes
   of each name and `own_size` bytes at `own_at` of its control data are the sender's key. What `receive` leaves
   for Python are the datagrams `left[..]`; `clear[i]` says of datagram i that it is decrypted. `refused` RTCP
   and `forged` RTP failed to; `packets` of `octets` bytes were taken by rush, which says in `full` why it stopped.
   Whoever reads these sums resets them. */
struct sieve {
    int32_t (*unprotect)(void *, void *, int32_t *);
    int32_t (*unprotect_rtcp)(void *, void *, int32_t *);
    void *headers;
    int32_t fd, batch, name_size, own_at, own_size, control_size;
    int32_t left[64];
    uint8_t clear[64];
    int64_t refused, forged, packets, octets;
    double timeout;
    int32_t used, full;
    struct crowd *crowd;
};

struct sieve *sieve_new(void);
void sieve_free(struct sieve *);
int32_t sieve_receive(struct sieve *, double);
struct post *sieve_sender(struct sieve *, int32_t);
void sieve_list(struct sieve *, struct post *);
void sieve_admit(struct sieve *, struct post *, uint32_t);
void sieve_forget(struct sieve *);
void sieve_take(struct sieve *, struct post *, struct mail *);
int32_t sieve_sum(struct sieve *, struct post *, int64_t, int64_t, struct summary *);
