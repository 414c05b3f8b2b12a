// Generated from signaling/apart.py: edit that, then `python -m signaling.typescript web/client/protocol`.

import type { ApartAction, Between, OddOne, SplitHow } from "./parts";

/**
 * Splits the room, anew if it is split already. Facilitators only.
 *
 * `rooms` belongs to `hand`: who goes where, guests who have not come yet too; and to `random` where
 * somebody has looked at the draw before. `size` belongs to `random` without them: so many people a
 * room, one more where they don't divide. `stay` remain in the main room. After `minutes` everybody is
 * back; null for no end. `seen`: see `ApartCommand`.
 */
export interface Split {
  readonly type: "split";
  readonly how: SplitHow;
  readonly rooms?: readonly (readonly string[])[];
  readonly size?: number;
  readonly minutes?: number | null;
  readonly stay?: readonly string[];
  readonly seen?: number | null;
}

/**
 * Begins a speed rotation: rounds of `minutes` in small rooms, and no two meet twice.
 *
 * Facilitators only. `rounds` is how many at most, null for as many as there are to meet. `odd` is what
 * becomes of whoever is left over; where nobody would be in the main room with them, they join others all
 * the same. `seen`: see `ApartCommand`.
 */
export interface Rotate {
  readonly type: "rotate";
  readonly between: Between;
  readonly minutes: number;
  readonly rounds?: number | null;
  readonly odd?: OddOne;
  readonly stay?: readonly string[];
  readonly seen?: number | null;
}

/**
 * Drives small rooms that there are. Facilitators only.
 *
 * `minutes` belongs to `add`, `seconds` to `back` (in so many; 0 is now). `member` and `room`
 * belong to `move`: a small room's id, or null for the main room; a facilitator moves themself to help.
 * `seen` is `since_ms` of the small rooms that whoever pressed saw, 0 for none: of two who split, begin
 * the next round or call back at once, one is too late.
 */
export interface ApartCommand {
  readonly type: "apart-command";
  readonly action: ApartAction;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly member?: string | null;
  readonly room?: string | null;
  readonly seen?: number | null;
}

/** Asks a facilitator into this member's small room (``wanted``), or does so no longer. */
export interface AskHelp {
  readonly type: "ask-help";
  readonly wanted: boolean;
}

/** Asks for what was written in small rooms that are over, as far as this member may read it. */
export interface SmallNotesWanted {
  readonly type: "small-notes-wanted";
}
