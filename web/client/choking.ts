/**
 * Gives one's own pictures up at once where the way up is so full that speech is lost and the server's word
 * hardly comes through. Chromium sends a picture and speech with 83 kbit/s at least, however narrow the line:
 * on 48 kbit/s three packets of four were lost for as long as it was measured, the socket's with them.
 */

import { available, growth, type Look, number, ofType } from "./stats";
import type { Timers } from "./timers";

const EVERY = 1_000;
/** Share of packets lost, and bits a second that the browser takes the line for, at which it is choked. */
const LOST = 0.25;
const NARROW = 100_000;
/** So many looks in a row: a line that has just become narrow, but carries a picture, is full for two or three. */
const SURE = 4;
const CLEAR = 0.05;
/** So many clear looks before pictures are tried again; twice as many each time that it goes wrong within as many. */
const PATIENT = 10;
const MOST = 80;

/** Fewer packets of speech than this between two looks say nothing of the line. */
const FEW = 10;

/**
 * The share of packets that the server has missed lately, 0 to 1; null while it has not told. That of speech
 * where somebody speaks: a layer of the camera that is not sent any more keeps what it last lost.
 */
export function lostUp(before: Look | null, seen: Look | null): number | null {
  if (seen === null) return null;
  const spoken = ofType(seen, "outbound-rtp").filter(({ kind }) => kind === "audio");
  const sent = spoken.map(({ id }) => growth(before, seen, id, "packetsSent") ?? 0);
  const told = ofType(seen, "remote-inbound-rtp");
  const ofSpeech = told.filter(({ kind }) => kind === "audio");
  const used = Math.max(0, ...sent) >= FEW && ofSpeech.length > 0 ? ofSpeech : told;
  const shares = used.flatMap((stat) => number(stat, "fractionLost") ?? []);
  return shares.length > 0 ? Math.max(...shares) : null;
}

export class Choking {
  private cancel: (() => void) | null = null;
  private before: Look | null = null;
  private choked = false;
  private full = 0;
  private clear = 0;
  private patience = PATIENT;

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
    this.cancel = this.before = null;
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
    if (lost === null) return;
    this.full = lost >= LOST && bits !== null && bits <= NARROW ? this.full + 1 : 0;
    this.clear = lost < CLEAR ? this.clear + 1 : 0;
    if (!this.choked && this.full >= SURE) {
      this.turn(true);
    } else if (this.choked && this.clear >= this.patience) {
      this.patience = Math.min(MOST, 2 * this.patience);
      this.turn(false);
    } else if (!this.choked && this.clear >= 2 * this.patience) {
      this.patience = PATIENT;
    }
  }

  private turn(choked: boolean): void {
    this.choked = choked;
    this.full = this.clear = 0;
    this.choke(choked);
  }
}
