/** Tells the server every few seconds how the speech was that arrived: repair happens in this browser. */

import type { Heard } from "./protocol";
import { heardBetween, type Look } from "./stats";
import type { Timers } from "./timers";

const EVERY = 5_000;

export class HeardReport {
  private cancel: (() => void) | null = null;
  private before: Look | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly look: () => Promise<Look | null>,
    private readonly send: (message: Heard) => void,
  ) {}

  start(): void {
    this.stop();
    this.next();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.before = null;
  }

  private next(): void {
    this.cancel = this.timers.after(EVERY, () => void this.once());
  }

  private async once(): Promise<void> {
    const mine = this.cancel;
    const now = await this.look();
    if (this.cancel !== mine) return;
    const heard = this.before !== null && now !== null ? heardBetween(this.before, now) : null;
    this.before = now;
    if (heard !== null) this.send({ type: "heard", ...heard });
    this.next();
  }
}
