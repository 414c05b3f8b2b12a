/**
 * On bad lines pictures wait before they are shown, each for as long as its own way needs. A browser takes the
 * round trip to the server for the time that a repair takes; what was lost on somebody else's way to the server
 * takes theirs as well, and comes too late. Measured, seconds a minute frozen: at 15 % loss 6 to 12 with 250 ms
 * beside the round trip, 0.5 to 1.7 with 450; at 5 % loss 1.1 to 1.3 with 150 ms, none with 220. And where
 * a picture stands still again and again for another reason (large frames on a narrow line, packets that
 * overtake each other), it waits a little longer each time.
 */

import { growth, type Look, ofType, roundTrip, type Stat, text } from "./stats";
import type { Timers } from "./timers";

const EVERY = 2_000;
/** Repairs asked for, by packets that came: from so many on a line loses, to so few it has stopped. */
const LOSSY = 0.03;
const DONE = 0.01;
/** So many looks in a row must be without loss before nobody waits for repairs any more. */
const CALM = 10;
/** Fewer packets than this say nothing. */
const FEW = 20;
/**
 * Milliseconds beside the own round trip; where many repairs are lost as well, from so many; where nearly each packet
 * is asked for, since they overtake each other on their way to the server (0.8 to 1.7 by packet with 150 ms of
 * jitter, 0.2 at 15 % loss); at most in all.
 */
const BESIDE = 220;
const BESIDE_MANY = 520;
const MANY = 0.1;
const BESIDE_ALL = 680;
const ALL = 0.6;
const MOST = 750;
/** By so many ms a browser may mean to wait for less than it was told; what it waits may be so much shorter, and longer. */
const SLACK = 50;
const NEAR = 60;
const LONG = 400;
/**
 * A picture that stands still for so many ms more than usual is not seen to: a larger step only where it does anyhow.
 * Where frames come unevenly their senders leave some out, and one step comes on top of that.
 */
const STRIDE = 120;
const PACE = 80;
/** So much of what its reckoning was wrong by more than at the look before is expected to come on top: of so many ms. */
const GROWS = 0.7;
const MOST_GROWTH = 300;
/** More than this a browser can't be told (Media Capture Extensions for WebRTC: `jitterBufferTarget`). */
const LARGEST = 4_000;
/**
 * So often within so many looks a picture has stood still before it waits for so many milliseconds more; once is
 * enough where it waits already.
 */
const STILL = 2;
const WITHIN = 8;
const STEP = 80;
/**
 * After so many looks without it waits for so much less, sooner while that is more than was ever needed; below
 * the least it is as the browser likes.
 */
const SMOOTH = 30;
const SOON = 5;
const BACK = 40;
const LEAST = 120;

/**
 * Where a browser by itself waits for so many ms at two looks, frames come unevenly, and now and then one later than
 * it reckons with (a large one on a narrow line): so many times as long, and so long at most.
 */
const UNEVEN = 80;
const AMPLE = 2.5;
const AMPLE_MOST = 350;

/** What is known of one picture between two looks. */
export interface Shown {
  /** Repairs that were asked for, by packets that came; null when hardly any came. */
  readonly asked: number | null;
  /** How often it stood still. */
  readonly stills: number;
  /** For how long the browser means to let it wait, and for how long it did, in ms. */
  readonly target: number;
  readonly waited: number;
  /** To the server, in ms. */
  readonly roundTrip: number;
}

/** How long one picture should wait. */
export class Waiting {
  private lossy = false;
  private calm = 0;
  private all = 0;
  private beside = BESIDE;
  private stills: number[] = [];
  private smooth = 0;
  private more = 0;
  /** Looks in a row at which frames came unevenly; to so much it goes in steps then, 0 for nowhere. */
  private uneven = 0;
  private ample = 0;
  /** With so much it stood still no longer. */
  private enough = 0;
  /** What has to be asked for beside that, so that it comes about. */
  private beyond = 0;
  /** What was asked for last, and how far what was waited at the look before was from it. */
  private told: number | null = null;
  private wrong: number | null = null;

  /** Milliseconds from now on; null for as the browser likes. */
  look(shown: Shown): number | null {
    if (shown.asked !== null) this.judge(shown.asked);
    this.prepare(shown);
    this.still(shown);
    const repairs = this.lossy ? Math.min(MOST, this.beside + shown.roundTrip) : 0;
    // What was waited for repairs goes back in steps as well: what they took may be needed for something else.
    this.more = Math.max(this.more, repairs);
    this.correct(shown);
    this.told = this.more > 0 ? this.more + this.beyond : null;
    return this.told;
  }

  /**
   * A browser reckons when a frame was taken from when those before it came, but not from any that it had asked for
   * again, which where packets overtake each other are nearly all. Its reckoning then goes on as the last few had
   * it (Chromium: 30 ms a second into one direction, 130 into the other were seen), and it waits for as much less or
   * more than it means to. Where frames are shown as soon as they can be, how wrong it is can't be seen: what was
   * told in vain looks as if it went on to grow by as much, and each step is larger than the one before.
   */
  private correct({ stills, target, waited }: Shown): void {
    const before = this.wrong;
    this.wrong = null;
    if (this.more === 0) this.beyond = 0;
    if (!this.lossy) {
      // All of its frames count again; what waits for less than it should has come late.
      this.beyond -= Math.max(-PACE, Math.min(PACE, this.beyond));
      return;
    }
    // What was told may not be in force yet.
    if (this.more === 0 || this.told === null || waited === 0 || target < this.told - SLACK) return;
    this.wrong = waited - this.told;
    if (waited > this.more - NEAR && waited < this.more + LONG) return;
    const grows = before === null ? 0 : Math.max(-MOST_GROWTH, Math.min(MOST_GROWTH, this.wrong - before));
    // Should its reckoning be right again at once, half is still waited.
    const beyond = Math.min(LARGEST - this.more, Math.max(-this.more / 2, -this.wrong - GROWS * grows));
    this.beyond = stills > 0 ? beyond : Math.min(beyond, this.beyond + STRIDE);
  }

  /** Waits for more where frames come unevenly, before one is too late, in steps that can't be seen. */
  private prepare({ target }: Shown): void {
    this.uneven = this.told === null && !this.lossy && target > UNEVEN ? this.uneven + 1 : 0;
    if (this.uneven > 1) this.ample = Math.min(AMPLE_MOST, AMPLE * target);
    if (this.more < this.ample) this.more = Math.min(this.ample, Math.max(this.more, target) + PACE);
    else this.ample = 0;
  }

  private judge(asked: number): void {
    if (asked >= LOSSY) this.lossy = true;
    this.calm = asked > DONE ? 0 : this.calm + 1;
    if (this.calm >= CALM) {
      this.lossy = false;
      this.beside = BESIDE;
    }
    // A line that has just become narrow loses as much, for a moment.
    this.all = asked >= ALL ? this.all + 1 : 0;
    if (asked >= MANY) this.beside = Math.max(this.beside, this.all > 1 ? BESIDE_ALL : BESIDE_MANY);
  }

  private still({ stills, target }: Shown): void {
    this.stills = [...this.stills, stills].slice(-WITHIN);
    this.smooth = stills > 0 ? 0 : this.smooth + 1;
    const often = this.more > 0 || (this.lossy && this.beside >= BESIDE_MANY) ? 1 : STILL;
    if (this.stills.reduce((sum, each) => sum + each, 0) >= often) {
      this.more = Math.min(MOST, Math.max(this.more, target - this.beyond) + STEP);
      this.enough = this.more;
      this.stills = [];
    } else if (this.smooth >= (this.more - BACK >= this.enough ? SOON : SMOOTH)) {
      this.smooth = 0;
      this.more = this.more - BACK < LEAST ? 0 : this.more - BACK;
      this.enough = Math.min(this.enough, this.more);
    }
  }
}

/** What passed between two looks, of each picture that comes in, by its track. */
export function shown(before: Look, after: Look): Map<string, Shown> {
  const found = new Map<string, Shown>();
  for (const stat of ofType(after, "inbound-rtp")) {
    const track = text(stat, "trackIdentifier");
    if (stat.kind === "video" && track !== null) found.set(track, between(before, after, stat));
  }
  return found;
}

function between(before: Look, after: Look, { id }: Stat): Shown {
  const grown = (field: string) => growth(before, after, id, field) ?? 0;
  const packets = grown("packetsReceived");
  const emitted = grown("jitterBufferEmittedCount");
  const each = (field: string) => (emitted > 0 ? (1_000 * grown(field)) / emitted : 0);
  return {
    asked: packets < FEW ? null : grown("nackCount") / packets,
    stills: grown("freezeCount"),
    target: each("jitterBufferTargetDelay"),
    waited: each("jitterBufferDelay"),
    roundTrip: roundTrip(after) ?? 0,
  };
}

export class Patience {
  private cancel: (() => void) | null = null;
  private before: Look | null = null;
  private readonly pictures = new Map<string, Waiting>();

  /** `wait` has the picture of a track played out so many ms late, null for as late as the browser likes. */
  constructor(
    private readonly timers: Timers,
    private readonly look: () => Promise<Look | null>,
    private readonly wait: (track: string, milliseconds: number | null) => void,
  ) {}

  start(): void {
    this.stop();
    this.next();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.before = null;
    this.pictures.clear();
  }

  private next(): void {
    this.cancel = this.timers.after(EVERY, () => void this.once());
  }

  private async once(): Promise<void> {
    const mine = this.cancel;
    const now = await this.look();
    if (this.cancel !== mine) return;
    if (this.before !== null && now !== null) this.judge(this.before, now);
    this.before = now;
    this.next();
  }

  private judge(before: Look, now: Look): void {
    for (const [track, seen] of shown(before, now)) {
      const waiting = this.pictures.get(track) ?? new Waiting();
      this.pictures.set(track, waiting);
      this.wait(track, waiting.look(seen));
    }
  }
}
