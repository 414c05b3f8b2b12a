/** When ICE may be restarted again: at once after a quiet time, then after growing pauses. */

/** Two signs of the same break (the server's word, the browser's own) come within this, in ms. */
const FIRST = 2_000;
const LONGEST = 16_000;
/** So long after the last one, the next break is a new one. */
const CALM = 30_000;

export class Restarts {
  private last = Number.NEGATIVE_INFINITY;
  private pause = FIRST;

  /** Whether the pause since the last one is over. */
  due(now: number): boolean {
    return now - this.last >= this.pause;
  }

  /** One has been made. */
  made(now: number): void {
    this.pause = now - this.last > CALM ? FIRST : Math.min(2 * this.pause, LONGEST);
    this.last = now;
  }
}
