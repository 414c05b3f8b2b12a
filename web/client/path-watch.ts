/**
 * Notices that nothing arrives any more where packets came steadily, and that they come again. Browsers say so
 * themselves only after some seconds: Chromium after 5 to 7 where the network changed (measured). Where only
 * the way to the server is closed, the server is who notices (`unheard`).
 */

import type { Timers } from "./timers";

const EVERY = 400;
/** So many looks in a row with news make a steady path: the server reports ten times a second on what it gets. */
const STEADY = 2;
/** So many without any make a dead one: no loss that can be lived with takes all packets of so long. */
const SILENT = 2;

export interface PathListener {
  lost(): void;
  /** After `lost`: packets arrive again. */
  back(): void;
}

export class PathWatch {
  private cancel: (() => void) | null = null;
  private before: number | null = null;
  private steady = 0;
  private silent = 0;
  private gone = false;

  /** `received` is what has come so far, in bytes; null while nobody knows. */
  constructor(
    private readonly timers: Timers,
    private readonly received: () => Promise<number | null>,
    private readonly listener: PathListener,
  ) {}

  /** Watches until `stop`. */
  start(): void {
    if (this.cancel === null) this.next();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.before = null;
    this.steady = 0;
    this.silent = 0;
    this.gone = false;
  }

  private next(): void {
    this.cancel = this.timers.after(EVERY, () => void this.once());
  }

  private async once(): Promise<void> {
    const mine = this.cancel;
    const now = await this.received();
    if (this.cancel !== mine) return;
    if (now !== this.before) {
      this.silent = 0;
      this.steady += 1;
      if (this.gone) this.listener.back();
      this.gone = false;
    } else if (this.steady >= STEADY) {
      this.silent += 1;
    } else {
      this.steady = 0;
    }
    this.before = now;
    if (this.silent >= SILENT) {
      this.steady = 0;
      this.silent = 0;
      this.gone = true;
      this.listener.lost();
    }
    this.next();
  }
}
