/**
 * On lines that lose packets pictures wait for their repairs. A browser takes the round trip to the server for
 * the time that a repair takes; what was lost on somebody else's way to the server takes theirs as well, and
 * comes too late. Measured, seconds a minute frozen: at 15 % loss 6 to 12 with 250 ms beside the round trip, 0.5
 * to 1.7 with 450; at 5 % loss 1.1 to 1.3 with 150 ms, none with 220.
 */

import { growth, type Look, ofType, roundTrip } from "./stats";
import type { Timers } from "./timers";

const EVERY = 2_000;
/** Repairs asked for, by packets that came: from so many on a line loses, to so few it has stopped. */
const LOSSY = 0.03;
const DONE = 0.01;
/** So many looks in a row must be without loss before nobody waits any more. */
const CALM = 10;
/** Fewer packets than this say nothing. */
const FEW = 20;
/** Milliseconds beside the own round trip; where many repairs are lost as well, from so many; at most in all. */
const BESIDE = 220;
const BESIDE_MANY = 450;
const MANY = 0.1;
const MOST = 500;

/** Repairs that were asked for between two looks, by packets of pictures; null when hardly any came. */
export function asked(before: Look, after: Look): number | null {
  let packets = 0;
  let repairs = 0;
  for (const { id, kind } of ofType(after, "inbound-rtp")) {
    if (kind !== "video") continue;
    packets += growth(before, after, id, "packetsReceived") ?? 0;
    repairs += growth(before, after, id, "nackCount") ?? 0;
  }
  return packets < FEW ? null : repairs / packets;
}

export class Patience {
  private cancel: (() => void) | null = null;
  private before: Look | null = null;
  private waiting = false;
  private calm = 0;
  private beside = BESIDE;

  /** `wait` has all pictures played out so many milliseconds late, null for as late as the browser likes. */
  constructor(
    private readonly timers: Timers,
    private readonly look: () => Promise<Look | null>,
    private readonly wait: (milliseconds: number | null) => void,
  ) {}

  start(): void {
    this.stop();
    this.next();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.before = null;
    this.calm = 0;
  }

  private next(): void {
    this.cancel = this.timers.after(EVERY, () => void this.once());
  }

  private async once(): Promise<void> {
    const mine = this.cancel;
    const now = await this.look();
    if (this.cancel !== mine) return;
    const share = this.before !== null && now !== null ? asked(this.before, now) : null;
    this.before = now;
    if (share !== null) this.judge(share, now);
    this.next();
  }

  private judge(share: number, now: Look | null): void {
    if (share >= LOSSY) this.waiting = true;
    this.calm = share > DONE ? 0 : this.calm + 1;
    if (this.waiting && this.calm >= CALM) {
      this.waiting = false;
      this.beside = BESIDE;
      this.wait(null);
    }
    // Told each time: there may be new slots.
    if (share >= MANY) this.beside = BESIDE_MANY;
    if (this.waiting) this.wait(Math.min(MOST, this.beside + (roundTrip(now) ?? 0)));
  }
}
