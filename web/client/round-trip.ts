/** Measures the round trip of the media path while the green room shows it. */

import type { Timers } from "./timers";

const EVERY = 2_000;

export class RoundTripWatch {
  private cancel: (() => void) | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly measure: () => Promise<number | null>,
    private readonly found: (roundTrip: number | null) => void,
  ) {}

  /** Measures in a moment (ms), then again and again until `stop`. */
  start(moment: number): void {
    this.stop();
    this.cancel = this.timers.after(moment, () => void this.once());
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private async once(): Promise<void> {
    const mine = this.cancel;
    const roundTrip = await this.measure();
    if (this.cancel !== mine) return;
    this.found(roundTrip);
    this.start(EVERY);
  }
}
