/** Calls out the timer's marks (one minute left, time is up) in the instant they come, by the server's clock. */

import type { Box, Timer } from "./protocol";
import { marks, type TimerMark } from "./timer";
import type { Timers } from "./timers";

/** A mark that is this late (ms: the laptop slept) is not called out any more. */
const TOO_LATE = 5_000;
/** Long waits are cut (ms), so that a clock known better by then corrects them, also one that was far off. */
const LONGEST_WAIT = 1_000;

export class TimerWatch {
  private timer: Timer | null = null;
  private cancel: (() => void) | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly serverNow: () => number,
    private readonly call: (mark: TimerMark, box: Box) => void,
  ) {}

  /** The timer as it is now; null for none. */
  follow(timer: Timer | null): void {
    this.timer = timer;
    this.schedule();
  }

  private schedule(): void {
    this.cancel?.();
    this.cancel = null;
    const { timer } = this;
    if (timer === null) return;
    const from = this.serverNow();
    const next = marks(timer, from).find(({ wait }) => wait > 0);
    if (next === undefined) return;
    this.cancel = this.timers.after(Math.min(next.wait, LONGEST_WAIT), () => this.look(timer, from));
  }

  /** Calls out what has come since `from` (server's clock, ms): two marks can come at once, or the clock be set right. */
  private look(timer: Timer, from: number): void {
    const box = timer.boxes[timer.index];
    const now = this.serverNow();
    for (const { mark, wait } of marks(timer, now)) {
      const late = -wait;
      if (box !== undefined && now + wait > from && late >= 0 && late < TOO_LATE) this.call(mark, box);
    }
    this.schedule();
  }
}
