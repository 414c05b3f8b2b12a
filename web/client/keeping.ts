/** What follows the state into this browser's memory: choices for next time, and the way back after a reload. */

import type { Memory } from "./remember";
import type { Preferences, State } from "./state";

const preferences = [
  "arrangement",
  "ownShown",
  "ownCorner",
  "sounds",
  "lights",
  "balance",
  "shortcuts",
  "captions",
] as const satisfies readonly (keyof Preferences)[];

export class Keeping {
  constructor(private readonly memory: Memory) {}

  /** Remembers what has been chosen just now. */
  follow(after: State, before: State): void {
    if (preferences.every((key) => after[key] === before[key])) return;
    this.memory.choose(Object.fromEntries(preferences.map((key) => [key, after[key]])));
  }

  /** Remembers the call that this tab is in. */
  place(session: string | null, { view, me, mine }: State): void {
    if (session === null) return;
    this.memory.place = {
      session,
      entered: view === "room",
      name: me.name,
      microphone: mine.microphone !== "off",
      camera: mine.camera !== "off",
    };
  }
}
