/** A split as it is being thought out, before anybody is moved. Pure; chance is passed in. */

/** More small rooms than this are not made at once. */
export const MOST_ROOMS = 50;

export interface Draft {
  /** How many small rooms there would be. */
  readonly rooms: number;
  /** The number of the small room for each person, from 1; who is missing stays in the main room. */
  readonly places: Readonly<Record<string, number>>;
}

/** As many rooms as `people` fill with `size` in each; who is left over makes some of them one larger. */
export const roomsFor = (people: number, size: number): number =>
  Math.min(MOST_ROOMS, Math.max(1, Math.floor(people / Math.max(1, size))));

/** Everybody of `ids` in one of so many rooms at random, as evenly as can be. `random` gives 0 to below 1. */
export function drawn(ids: readonly string[], rooms: number, random: () => number): Draft {
  const order = [...ids];
  // Fisher and Yates: each order is as likely as any other.
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as string, order[last] as string];
  }
  return { rooms, places: Object.fromEntries(order.map((id, index) => [id, (index % rooms) + 1])) };
}

/** The draft with one person elsewhere; 0 is the main room. */
export function placed(draft: Draft, id: string, room: number): Draft {
  const { [id]: _, ...others } = draft.places;
  return { ...draft, places: room === 0 ? others : { ...others, [id]: room } };
}

/** The draft with another number of rooms: who was in one that is not there any more is in the main room. */
export function resized(draft: Draft, rooms: number): Draft {
  const places = Object.entries(draft.places).filter(([, room]) => room <= rooms);
  return { rooms, places: Object.fromEntries(places) };
}

/** The draft with people who have come since: each where fewest are. */
export function filled(draft: Draft, newcomers: readonly string[]): Draft {
  const sizes = Array.from({ length: draft.rooms }, () => 0);
  for (const room of Object.values(draft.places)) sizes[room - 1] = (sizes[room - 1] ?? 0) + 1;
  const places = { ...draft.places };
  for (const id of newcomers) {
    const smallest = sizes.indexOf(Math.min(...sizes));
    sizes[smallest] = (sizes[smallest] ?? 0) + 1;
    places[id] = smallest + 1;
  }
  return { ...draft, places };
}

/** Who is in each room, the first room first; `ids` are those who can be placed. */
export function roomsOf(draft: Draft, ids: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: draft.rooms }, (_, index) =>
    ids.filter((id) => draft.places[id] === index + 1),
  );
}

/** A whole number from `least` to `most`, or null where something else was typed. */
export function whole(text: string, least: number, most: number): number | null {
  const trimmed = text.trim();
  const value = Number(trimmed);
  return /^\d+$/.test(trimmed) && value >= least && value <= most ? value : null;
}
