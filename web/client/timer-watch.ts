/** Calls out the timer's marks (one minute left, time is up) in the instant they come, by the server's clock. */

import type { Box, Timer } from "./protocol";
import { nextMark, remaining, type TimerMark, turnView } from "./timer";
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
    const next = timer && nextMark(timer, this.serverNow());
    if (timer === null || next === null) return;
    this.cancel = this.timers.after(Math.min(next.wait, LONGEST_WAIT), () => this.look(timer, next.mark));
  }

  /** The mark has been reached, or the clock was set right meanwhile: it is still to come, or has just been. */
  private look(timer: Timer, mark: TimerMark): void {
    const box = timer.boxes[timer.index];
    const now = this.serverNow();
    const left = mark === "turn-up" ? (turnView(timer, now)?.remaining ?? 0) : remaining(timer, now);
    const late = (mark === "one-minute" ? 60_000 : 0) - left;
    if (late >= 0 && late < TOO_LATE && box !== undefined) this.call(mark, box);
    this.schedule();
  }
}
