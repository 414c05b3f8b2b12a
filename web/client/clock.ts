/**
 * The server's clock as seen from here, from pings over the socket.
 *
 * Each exchange bounds the offset to `server - midpoint ± rtt / 2`; the shortest round trip bounds it best
 * (NTP's clock filter, RFC 5905 section 10). A sample whose bounds exclude an older one says that a clock
 * jumped (a laptop slept): the older ones are dropped.
 */

interface Sample {
  offset: number;
  roundTrip: number;
}

/** How many exchanges are remembered: at one every 2.5 s, slow drift leaves within a minute. */
const KEPT = 24;

export class ServerClock {
  private samples: Sample[] = [];

  /**
   * An exchange: `sent` and `received` by this browser's clock, `server` by the server's, all in ms.
   * Impossible ones (received before sent) are ignored.
   */
  add(sent: number, received: number, server: number): void {
    const roundTrip = received - sent;
    if (!(roundTrip >= 0) || !Number.isFinite(server)) return;
    const sample = { offset: server - (sent + received) / 2, roundTrip };
    const agreeing = this.samples.filter(
      (old) => Math.abs(old.offset - sample.offset) <= (old.roundTrip + sample.roundTrip) / 2 + 1,
    );
    this.samples = [...agreeing, sample].slice(-KEPT);
  }

  /** True once anything is known. */
  get known(): boolean {
    return this.samples.length > 0;
  }

  /** Server minus browser clock in ms; 0 while nothing is known. */
  get offset(): number {
    return this.best?.offset ?? 0;
  }

  /** Half the best round trip, in ms: how far off the offset can be. Infinite while nothing is known. */
  get uncertainty(): number {
    return (this.best?.roundTrip ?? Number.POSITIVE_INFINITY) / 2;
  }

  /** The server's time in ms at `now` of this browser's clock. */
  at(now: number): number {
    return now + this.offset;
  }

  private get best(): Sample | undefined {
    return this.samples.reduce<Sample | undefined>(
      (best, sample) => (best === undefined || sample.roundTrip <= best.roundTrip ? sample : best),
      undefined,
    );
  }
}
