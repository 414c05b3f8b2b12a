/** Tells the server what is looked at, so that no other picture need be sent here. */

import type { View, Watched } from "./protocol";
import type { Timers } from "./timers";

/** Least time (ms) between two such messages; the first after a quiet time goes out at once. */
const LEAST = 250;

export class Viewing {
  private tiles: readonly Watched[] | null = null;
  private told: string | null = null;
  private cancel: (() => void) | null = null;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly timers: Timers,
    /** False when there is no connection. */
    private readonly send: (message: View) => boolean,
  ) {}

  /** This is on screen now, the most important first. */
  look(tiles: readonly Watched[]): void {
    this.tiles = tiles.slice(0, 64);
    this.soon();
  }

  /** A media connection or a socket is new: the server knows nothing of it. */
  again(): void {
    this.told = null;
    this.soon();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.tiles = null;
    this.told = null;
  }

  private soon(): void {
    if (this.cancel !== null || this.tiles === null || JSON.stringify(this.tiles) === this.told) return;
    const wait = Math.max(0, this.toldAt + LEAST - this.timers.now());
    this.cancel = this.timers.after(wait, () => this.tell());
  }

  private tell(): void {
    this.cancel = null;
    if (this.tiles === null) return;
    const now = JSON.stringify(this.tiles);
    if (now === this.told || !this.send({ type: "view", tiles: this.tiles })) return;
    this.told = now;
    this.toldAt = this.timers.now();
  }
}
