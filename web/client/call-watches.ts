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
  /** How long repairs are waited for (ms), null for as long as the browser likes. */
  wait(track: string, milliseconds: number | null): void;
  /** Nothing but the least speech goes out, or it is as the server asks again. */
  choke(choked: boolean): void;
  /** The device has more to do than it can: this step of fewer and smaller videos. */
  relieve(step: number): void;
}

export class CallWatches {
  private readonly all: readonly { start(): void; stop(): void }[];

  constructor({ timers, look, send, wait, choke, relieve }: Watched) {
    this.all = [
      new HeardReport(timers, look, send),
      new Patience(timers, look, wait),
      new Choking(timers, look, choke),
      new StrainWatch(timers, look, relieve),
      new UplinkWatch(timers, async () => available(await look()), send),
    ];
  }

  start(): void {
    for (const watch of this.all) watch.start();
  }

  stop(): void {
    for (const watch of this.all) watch.stop();
  }
}
