/** What is measured of the line while the green room shows its check: how quick it is, and what it bears. */

import { LineProbe, noise } from "./probe";
import type { ClientMessage, Probed } from "./protocol";
import type { Act } from "./reduce";
import { RoundTripWatch } from "./round-trip";
import type { State } from "./state";
import { available, type Look, roundTrip } from "./stats";
import type { Timers } from "./timers";

export interface CheckedLine {
  timers: Timers;
  look(): Promise<Look | null>;
  /** False when there is no connection. */
  send(message: ClientMessage): boolean;
  /** Sends a track where the camera's would go; null ends that. */
  attempt(track: MediaStreamTrack | null): void;
  found(act: Extract<Act, { type: "round-trip" | "probing" }>): void;
}

/** The first figures of a new path are there after this long (ms). */
const FIRST_FIGURES = 300;

export class LineCheck {
  private readonly roundTrip: RoundTripWatch;
  private readonly probe: LineProbe;

  constructor({ timers, look, send, attempt, found }: CheckedLine) {
    this.roundTrip = new RoundTripWatch(
      timers,
      async () => roundTrip(await look()),
      (roundTrip) => found({ type: "round-trip", roundTrip }),
    );
    this.probe = new LineProbe({
      timers,
      noise,
      send,
      sendTrack: attempt,
      available: async () => available(await look()),
      changed: (probing) => found({ type: "probing", probing }),
    });
  }

  follow(after: State, before: State): void {
    const shown = shows(after);
    if (!shown) this.probe.stop();
    if (shown === shows(before)) return;
    if (shown) this.roundTrip.start(FIRST_FIGURES);
    else this.roundTrip.stop();
  }

  /** A closer look: some seconds, and a little of the person's data. */
  begin(): void {
    this.probe.start();
  }

  answered(found: Probed): Promise<void> {
    return this.probe.answered(found);
  }
}

const shows = ({ view, media }: State): boolean => view === "green-room" && media === "ok";
