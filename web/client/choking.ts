/**
 * Gives one's own pictures up at once where the way up is so full that speech is lost and the server's word
 * hardly comes through. Chromium sends a picture and speech with 83 kbit/s at least, however narrow the line:
 * on 48 kbit/s three packets of four were lost for as long as it was measured, the socket's with them.
 */

import { available, growth, type Look, number, ofType, text } from "./stats";
import type { Timers } from "./timers";

const EVERY = 1_000;
/** Share of packets lost, and bits a second that the browser takes the line for, at which it is choked. */
const LOST = 0.25;
const NARROW = 120_000;
/**
 * So much lost, it is choked whatever the browser takes it for: where what it is told is lost as well, it took a
 * line of 48 kbit/s for 800 after six seconds and 102 after ten (measured).
 */
const MOST_LOST = 0.35;
/** So many such looks more than others: a line that has just become narrow, but carries a picture, is full for two or three. */
const SURE = 4;
const CLEAR = 0.05;
/**
 * So many clear looks before pictures are tried again; twice as many each time that it went wrong. On 48 kbit/s
 * a try costs speech: four seconds of them each ten took a fifth of it.
 */
const PATIENT = 30;
const MOST_PATIENT = 240;
/** A try has gone wrong as soon as so much is lost, in so many looks after its beginning; then it has come off. */
const WRONG = 0.1;
const TRIED = 20;

/** Of a source that sent fewer packets than this between two looks, what is lost says nothing of the line. */
const FEW = 10;

/**
 * The share of packets that the server has missed lately, 0 to 1: of speech where somebody speaks, else of what
 * is sent. A source that is not sent any more keeps what it last lost. Null while nothing is told.
 */
export function lostUp(before: Look | null, seen: Look | null): number | null {
  if (seen === null) return null;
  const told = ofType(seen, "remote-inbound-rtp").filter((stat) => {
    const source = text(stat, "localId");
    return source !== null && (growth(before, seen, source, "packetsSent") ?? 0) >= FEW;
  });
  const ofSpeech = told.filter(({ kind }) => kind === "audio");
  const shares = (ofSpeech.length > 0 ? ofSpeech : told).flatMap(
    (stat) => number(stat, "fractionLost") ?? [],
  );
  return shares.length > 0 ? Math.max(...shares) : null;
}

export class Choking {
  private cancel: (() => void) | null = null;
  private before: Look | null = null;
  private choked = false;
  private full = 0;
  private clear = 0;
  private patience = PATIENT;
  /** Looks since pictures were tried again; null where none are on trial. */
  private tried: number | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly look: () => Promise<Look | null>,
    /** Nothing but the least speech goes out, or it is as the server asks again. */
    private readonly choke: (choked: boolean) => void,
  ) {}

  start(): void {
    this.stop();
    this.next();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = this.before = this.tried = null;
    this.full = this.clear = 0;
    this.patience = PATIENT;
    if (this.choked) this.turn(false);
  }

  private next(): void {
    this.cancel = this.timers.after(EVERY, () => void this.once());
  }

  private async once(): Promise<void> {
    const mine = this.cancel;
    const seen = await this.look();
    if (this.cancel !== mine) return;
    this.judge(lostUp(this.before, seen), available(seen));
    this.before = seen;
    this.next();
  }

  private judge(lost: number | null, bits: number | null): void {
    if (this.choked) {
      // Who says nothing loses nothing, and is told nothing.
      this.clear = lost === null || lost < CLEAR ? this.clear + 1 : 0;
      if (this.clear < this.patience) return;
      this.turn(false);
      this.tried = 0;
      return;
    }
    if (this.tried !== null && ++this.tried > TRIED) {
      this.tried = null;
      this.patience = PATIENT;
    }
    if (lost === null) return;
    const narrow = bits !== null && bits <= NARROW;
    // One better look among them only puts it off: on 48 kbit/s they come in between.
    const full = lost >= (narrow ? LOST : MOST_LOST);
    this.full = Math.max(0, this.full + (full ? 1 : -1));
    const wrong = this.tried !== null && narrow && lost >= WRONG;
    if (this.full < SURE && !wrong) return;
    if (wrong) this.patience = Math.min(MOST_PATIENT, 2 * this.patience);
    this.turn(true);
  }

  private turn(choked: boolean): void {
    this.choked = choked;
    this.full = this.clear = 0;
    this.tried = null;
    this.choke(choked);
  }
}
