/* What sieve.c shares with sieve.py, which reads this file: plain C declarations, nothing for a preprocessor. */

/* One sender of RTCP as the sieve knows it: by `key`, its address and, where the socket has several, our own.
   `session` is the SRTP that decrypts what it sends, `sources` are those of its SSRCs that are let in. What it
   reports on has `departed`. */
struct post {
    uint8_t key[44];
    void *session;
    int32_t known;
    uint32_t sources[8];
    struct departed departed;
    struct mail mail;
    struct post *next;
};

/* A socket's datagrams. `headers` is an array of `batch` struct mmsghdr, laid out by inlet.py; `name_size` bytes
   of each name and `own_size` bytes at `own_at` of its control data are the sender's key. What `receive` leaves
   for Python are the datagrams `left[..]`; `clear[i]` says of datagram i that it is decrypted RTCP. */
struct sieve {
    int32_t (*unprotect)(void *, void *, int32_t *);
    void *headers;
    int32_t fd, batch, name_size, own_at, own_size, control_size;
    int32_t left[64];
    uint8_t clear[64];
    int64_t refused;
    double timeout;
    int32_t used;
    struct crowd *crowd;
};

struct sieve *sieve_new(void);
void sieve_free(struct sieve *);
int32_t sieve_receive(struct sieve *, double);
int32_t sieve_admit(struct sieve *, struct post *, uint32_t);
void sieve_forget(struct sieve *);
void sieve_take(struct sieve *, struct post *, struct mail *);
int32_t sieve_sum(struct sieve *, struct post *, int64_t, int64_t, struct summary *);
