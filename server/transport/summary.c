/* Sums up the reports that are kept back, as sum_up of server/media/summary.py does it of what twcc.py decodes
   and joins: where all came, in order and without long gaps, as nearly all reports tell on a line that is not
   full. Anything else is Python's to read. The same tests look at both. */

#include <stdint.h>

#include "bytes.h"
#include "summary.h"

enum {
    BODY = 12,         /* where the numbers begin: after the header and both sources */
    CHUNKS = 20,       /* where it is told which came */
    DELTAS = 22,       /* where it is told when, after a single chunk */
    SMALL = 1,         /* a run of what came with a delta of one byte */
    MOST_TOLD = 4096   /* MAX_TOLD of twcc.py */
};

static const double TICK = 250e-6;

/* One report: `deltas` has the ticks from one number's arrival to the next one's, the first one's from `start`. */
struct report {
    uint32_t base, serial;
    int32_t total;
    int64_t start;
    const uint8_t *deltas;
};

/* Read a report in which all came; 0 where there is more to it. */
static int read_plain(const uint8_t *data, int32_t size, struct report *report)
{
    int32_t end = data[0] & 0x20 ? size - data[size - 1] : size;
    if (end < DELTAS)
        return 0;
    uint32_t chunk = get16(data + CHUNKS), told = get32(data + BODY + 4);
    report->base = get16(data + BODY);
    report->total = (int32_t)get16(data + BODY + 2);
    report->serial = told & 0xFF;
    report->start = told & 0xFFFFFF00;
    report->deltas = data + DELTAS;
    return report->total > 0 && report->total <= MOST_TOLD && chunk >> 13 == SMALL &&
           (int32_t)(chunk & 0x1FFF) >= report->total && DELTAS + report->total <= end;
}

/* Begin a summary with its first report; 0 where that tells of what was never sent, or too long ago. */
static int begin(struct summary *sum, const struct report *report, const struct departed *departed, int64_t least,
                 int64_t before)
{
    int64_t following = departed->counter[0];
    int64_t first = following - ((following - report->base) & 0xFFFF);
    if (first < least || following - first > departed->ring)
        return 0;
    *sum = (struct summary){.first = first, .opens = report->start + report->deltas[0]};
    /* As far from the last tick as 32 bits can tell. */
    sum->shift = (int32_t)(uint32_t)(sum->opens - before) + before - sum->opens;
    sum->closes = sum->opens;
    sum->opening = departed->sizes[first % departed->ring];
    return 1;
}

/* Add one report to those before it; 0 where it does not follow them at once. */
static int follow(struct summary *sum, const struct report *report, const struct departed *departed)
{
    int64_t tick = report->start, number = sum->first + sum->total;
    if (sum->reports && (report->serial != ((sum->serial + 1) & 0xFF) || tick + report->deltas[0] < sum->closes))
        return 0;
    if ((number & 0xFFFF) != report->base || sum->total + report->total > MOST_TOLD ||
        number + report->total > departed->counter[0])
        return 0;
    for (int32_t index = 0; index < report->total; index++, number++) {
        int64_t place = number % departed->ring;
        tick += report->deltas[index];
        double delay = (double)(tick + sum->shift) * TICK - departed->times[place];
        if (number == sum->first || delay < sum->low)
            sum->low = delay;
        /* The sum for now. */
        sum->mean += delay;
        sum->octets += departed->sizes[place];
    }
    sum->closes = tick;
    sum->serial = report->serial;
    sum->total += report->total;
    sum->reports++;
    return 1;
}

/* Sum up all that is kept; 0 where that is Python's to read. `least` is the lowest number that it may tell of,
   `before` the last tick so far. */
int32_t sum_up(const struct mail *mail, const struct departed *departed, int64_t least, int64_t before,
               struct summary *sum)
{
    int32_t at = 0;
    for (int32_t index = 0; index < mail->count; at = mail->ends[index++]) {
        struct report report;
        if (!read_plain(mail->data + at, mail->ends[index] - at, &report) ||
            (!index && !begin(sum, &report, departed, least, before)) || !follow(sum, &report, departed))
            return 0;
    }
    if (!mail->count)
        return 0;
    sum->came = sum->total;
    sum->latest = sum->closes;
    sum->mean /= (double)sum->total;
    sum->at = mail->times[mail->count - 1];
    return 1;
}
