/** Asks for the figures of this connection again and again, while somebody looks at them. */

import { type Details, details } from "./details";
import type { Figures, FiguresWanted } from "./protocol";
import type { Look } from "./stats";
import type { Timers } from "./timers";

const EVERY = 2_000;

export class DetailsWatch {
  private cancel: (() => void) | null = null;
  private before: Look | null = null;
  private found: (details: Details) => void = () => undefined;

  constructor(
    private readonly timers: Timers,
    private readonly look: () => Promise<Look | null>,
    private readonly send: (message: FiguresWanted) => void,
  ) {}

  /** Calls `found` with figures every 2 s until `stop`. */
  start(found: (details: Details) => void): void {
    this.stop();
    this.found = found;
    this.ask();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.before = null;
  }

  /** The server's answer; one that comes after the end is left alone. */
  async answered(figures: Figures): Promise<void> {
    if (this.cancel === null) return;
    const now = await this.look();
    if (this.cancel === null || now === null) return;
    this.found(details(figures, this.before, now));
    this.before = now;
  }

  private ask(): void {
    this.send({ type: "figures-wanted" });
    this.cancel = this.timers.after(EVERY, () => this.ask());
  }
}
