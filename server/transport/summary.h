/* What summary.c shares with sieve.py, which reads this file: plain C declarations, nothing for a preprocessor. */

/* Reports that wait: report i came at `times[i]` (s, monotonic) and is `data[ends[i - 1]..ends[i])`. */
struct mail {
    int32_t count;
    int32_t ends[32];
    double times[32];
    uint8_t data[4096];
};

/* What has left on one line, as its estimator keeps it: packet i is at `[i % ring]`, `counter[0]` follows. */
struct departed {
    const int64_t *counter;
    const uint16_t *sizes;
    const double *times;
    int64_t ring;
};

/* Summary of server/media/summary.py, in its order. */
struct summary {
    int64_t first, total, serial, reports;
    double at;
    int64_t came, opens, closes, latest, shift, octets, opening;
    double low, mean;
};

int32_t sum_up(const struct mail *, const struct departed *, int64_t, int64_t, struct summary *);
