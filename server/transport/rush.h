/* What rush.c shares with rush.py, which reads this file: plain C declarations, nothing for a preprocessor. */

/* One incoming stream whose next packets are plain: in order, of one format, for legs that take them as they
   come. `cells` and `clocks` are Incoming's and Stream's own, `kept` and `sizes` those of its ring of packets.
   It holds in this `edition` of all links and for packets from `post`, while its PLAIN cell is 1. */
struct source {
    struct post *post;
    int64_t edition;
    int64_t *cells;
    double *clocks;
    uint8_t *kept;
    uint16_t *sizes;
    const struct entry *entries;
    double clock_rate;
    uint32_t ssrc;
    int32_t legs, mask;
    uint8_t payload_type, video, numbered;
};

int32_t rush(struct sieve *, struct outlet *, int32_t, int32_t, int64_t, int32_t);
