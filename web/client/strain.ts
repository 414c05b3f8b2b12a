/**
 * Fewer and smaller videos, sent and looked at, where the device has more to do than it can: before sound, the
 * page or the battery suffer. A step down after some seconds, a step up after half a minute, later each time.
 */

import type { VideoCodec, Watched } from "./protocol";
import { growth, type Look, number, ofType, text } from "./stats";
import type { Timers } from "./timers";

export interface Relief {
  /** Sizes and lines of one's own picture. */
  readonly layers: number;
  readonly lines: number;
  /** How many pictures of others are asked for, each of so many lines at most. */
  readonly pictures: number;
  readonly height: number;
}

/** Step by step. */
export const RELIEF: readonly Relief[] = [
  { layers: 3, lines: 720, pictures: 64, height: 10_000 },
  { layers: 2, lines: 360, pictures: 4, height: 360 },
  { layers: 1, lines: 180, pictures: 2, height: 180 },
  { layers: 1, lines: 180, pictures: 1, height: 180 },
];

export const reliefAt = (step: number): Relief => RELIEF[step] ?? (RELIEF[0] as Relief);

/** What is still asked for of what is looked at, the most important first. A shared screen keeps its size. */
export function spared(tiles: readonly Watched[], step: number): Watched[] {
  const { pictures, height } = reliefAt(step);
  return tiles
    .slice(0, pictures)
    .map((tile) => (tile.source === "screen" ? tile : { ...tile, lines: Math.min(tile.lines, height) }));
}

/** What a device bears that is busy already: no codec that costs more than VP8, or than a chip. */
export const bearableAt = (codecs: readonly VideoCodec[], step: number): VideoCodec[] =>
  codecs.filter((codec) => step === 0 || codec === "vp8" || codec === "h264");

const EVERY = 2_000;
/** So many looks in a row make sure. */
const SURE = 3;
/** So many looks at rest before a step up; twice as many each time that it was too early. */
const REST = 15;
const MOST_REST = 120;
/** Seconds of encoding, and of decoding, in a second that leave no time for much else. */
const BUSY = 0.8;

/** Whether the browser says that the device is its limit, or spends most of the time on pictures. */
export function strained(before: Look, after: Look): boolean {
  const seconds = (after.at - before.at) / 1000;
  if (seconds <= 0) return false;
  const spent = (type: string, field: string) =>
    ofType(after, type).reduce(
      (sum, { id, kind }) => sum + (kind === "video" ? (growth(before, after, id, field) ?? 0) : 0),
      0,
    );
  const limited = ofType(after, "outbound-rtp").some(
    (stat) =>
      stat.active !== false &&
      number(stat, "framesPerSecond") !== null &&
      text(stat, "qualityLimitationReason") === "cpu",
  );
  const sending = spent("outbound-rtp", "totalEncodeTime") / seconds;
  const receiving = spent("inbound-rtp", "totalDecodeTime") / seconds;
  return limited || sending > BUSY || receiving > BUSY;
}

export class StrainWatch {
  private cancel: (() => void) | null = null;
  private before: Look | null = null;
  private step = 0;
  private busy = 0;
  private rested = 0;
  private patience = REST;
  /** Looks since the last step up. */
  private since = Number.POSITIVE_INFINITY;

  constructor(
    private readonly timers: Timers,
    private readonly look: () => Promise<Look | null>,
    /** The step of relief from now on. */
    private readonly relieve: (step: number) => void,
  ) {}

  start(): void {
    this.stop();
    this.next();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = this.before = null;
    this.busy = this.rested = 0;
    this.patience = REST;
    if (this.step !== 0) this.go(0);
  }

  private next(): void {
    this.cancel = this.timers.after(EVERY, () => void this.once());
  }

  private async once(): Promise<void> {
    const mine = this.cancel;
    const seen = await this.look();
    if (this.cancel !== mine) return;
    if (seen !== null && this.before !== null) this.judge(strained(this.before, seen));
    this.before = seen;
    this.next();
  }

  private judge(busy: boolean): void {
    this.since += 1;
    this.busy = busy ? this.busy + 1 : 0;
    this.rested = busy ? 0 : this.rested + 1;
    if (this.busy >= SURE && this.step < RELIEF.length - 1) {
      this.patience = this.since <= REST ? Math.min(2 * this.patience, MOST_REST) : this.patience;
      this.go(this.step + 1);
    } else if (this.rested >= this.patience && this.step > 0) {
      this.since = 0;
      this.go(this.step - 1);
    }
  }

  private go(step: number): void {
    this.step = step;
    this.busy = this.rested = 0;
    this.relieve(step);
  }
}
