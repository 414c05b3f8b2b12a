/** Calls out that one minute is left in the small rooms, in the instant it comes by the server's clock. */

import { leftOf } from "./apart";
import type { Apart } from "./protocol";
import type { Timers } from "./timers";

const WARNING = 60_000;
/** A warning that is this late (ms: the laptop slept) is not called out any more. */
const TOO_LATE = 5_000;
/** Long waits are cut, so that a clock known better by then corrects them. */
const LONGEST_WAIT = 10_000;

export class ApartWatch {
  private cancel: (() => void) | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly serverNow: () => number,
    private readonly call: (apart: Apart) => void,
  ) {}

  /** The small rooms as they are now; null for none. */
  follow(apart: Apart | null): void {
    this.cancel?.();
    this.cancel = null;
    const left = apart === null ? null : leftOf(apart, this.serverNow());
    // Rooms of a minute or less have no warning: it would come at once.
    if (apart === null || left === null || left <= WARNING) return;
    const wait = left - WARNING;
    this.cancel = this.timers.after(Math.min(wait, LONGEST_WAIT), () => {
      const now = leftOf(apart, this.serverNow()) ?? 0;
      if (now > WARNING) this.follow(apart);
      else if (now > WARNING - TOO_LATE) this.call(apart);
    });
  }
}
