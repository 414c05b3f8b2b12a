/** What is looked at while this person is in the call: what comes, what goes, and whether the ways choke. */

import { Choking } from "./choking";
import { HeardReport } from "./heard-report";
import { Patience } from "./patience";
import type { ClientMessage } from "./protocol";
import { available, type Look } from "./stats";
import { StrainWatch } from "./strain";
import type { Timers } from "./timers";
import { UplinkWatch } from "./uplink-watch";

export interface Watched {
  timers: Timers;
  look(): Promise<Look | null>;
  /** False when there is no connection. */
  send(message: ClientMessage): boolean;
  /** How late the picture of a track is shown (ms), null for as late as the browser likes. */
  wait(track: string, milliseconds: number | null): void;
  /** Nothing but the least speech goes out, or it is as the server asks again. */
  choke(choked: boolean): void;
  /** The device has more to do than it can: this step of fewer and smaller videos. */
  relieve(step: number): void;
}

interface Watch {
  start(): void;
  stop(): void;
}

export class CallWatches {
  /** Of media: these go on while the server can't be told anything, when they are needed most. */
  private readonly media: readonly Watch[];
  /** What the server is told: anew each time that it is there again. */
  private readonly reports: readonly Watch[];
  private entered = false;
  private joined = false;

  constructor({ timers, look, send, wait, choke, relieve }: Watched) {
    this.media = [
      new Patience(timers, look, wait),
      new Choking(timers, look, choke),
      new StrainWatch(timers, look, relieve),
    ];
    this.reports = [
      new HeardReport(timers, look, send),
      new UplinkWatch(timers, async () => available(await look()), send),
    ];
  }

  /** Whether this person is in the room, and the server there. */
  follow(entered: boolean, joined: boolean): void {
    if (entered !== this.entered) turn(this.media, entered);
    const tells = entered && joined;
    if (tells !== (this.entered && this.joined)) turn(this.reports, tells);
    this.entered = entered;
    this.joined = joined;
  }

  stop(): void {
    this.follow(false, false);
  }
}

function turn(watches: readonly Watch[], on: boolean): void {
  for (const watch of watches) {
    if (on) watch.start();
    else watch.stop();
  }
}
