/* What fan.c shares with fan.py, which reads this file: plain C declarations, nothing for a preprocessor. */

/* One peer's batch: datagrams of `segment` bytes (the last may be shorter) at `buffer[start..fill)`. `room` is
   how long the next one may be, `limit` where no other may begin. `counter`, `sizes`, `times` and `marks`
   belong to the link and its estimator. */
struct line {
    uint8_t *buffer;
    int32_t start, fill, segment, room, limit, waiting;
    uint8_t name[28];
    uint32_t name_size;
    int64_t *counter;
    uint16_t *sizes;
    double *times;
    int64_t *marks;
};

/* One leg as it is now: what goes into its headers, and the SRTP session that protects them. */
struct entry {
    struct line *line;
    void *session;
    int64_t start;
    uint32_t ssrc, timestamp_offset;
    uint16_t sequence_offset, picture_offset;
    uint8_t tl0_offset, payload_type, extension, tag;
};

/* What waits to leave one socket, and what became of what has left; whoever reads the sums resets them. */
struct outlet {
    int32_t (*protect)(void *, void *, int32_t *);
    int32_t fd, gso, ring;
    int64_t packets, octets, lost, unprotected;
    struct queue *queue;
};

struct outlet *outlet_new(int32_t fd, int32_t (*protect)(void *, void *, int32_t *), int32_t ring);
void outlet_free(struct outlet *);
void fan(struct outlet *, const struct entry *, int32_t, const uint8_t *, int32_t, int64_t, int32_t, int32_t, double);
void put(struct outlet *, struct line *, void *, int32_t, const uint8_t *, int32_t);
void leave(struct outlet *);
