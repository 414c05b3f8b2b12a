/** Tells the server what this browser's own estimate says that it can send: layers follow it at once. */

import type { Uplink } from "./protocol";
import type { Timers } from "./timers";

const EVERY = 1_000;
/** A change by less than this share is no news. */
const NEWS = 0.15;
/** Bits a second from which on everything can be sent: what is above is all the same. */
const PLENTY = 4_000_000;

export class UplinkWatch {
  private cancel: (() => void) | null = null;
  private told: number | null = null;

  constructor(
    private readonly timers: Timers,
    /** Bits a second; null where the browser does not tell. */
    private readonly available: () => Promise<number | null>,
    /** False when there is no connection. */
    private readonly send: (message: Uplink) => boolean,
  ) {}

  start(): void {
    this.stop();
    this.next();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.told = null;
  }

  private next(): void {
    this.cancel = this.timers.after(EVERY, () => void this.once());
  }

  private async once(): Promise<void> {
    const mine = this.cancel;
    const found = await this.available();
    if (this.cancel !== mine) return;
    if (found !== null) {
      const now = Math.round(Math.min(found, PLENTY));
      const { told } = this;
      const news = told === null || Math.abs(now - told) > NEWS * told;
      if (news && this.send({ type: "uplink", available: now })) this.told = now;
    }
    this.next();
  }
}
