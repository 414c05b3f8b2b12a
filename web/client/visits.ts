/** Office hours as a page lives them: what is said, sounded and written in the title when one's place changes. Pure. */

import type { Saying } from "./announce";
import type { QueueChanged, QueueVisitor } from "./protocol";
import { leads, type State } from "./state";

/** What to say when the queue has moved. How long it will be is shown, but would be said too often. */
export function visitSayings(before: State, after: State): Saying[] {
  if (before.place !== null && !before.entered && after.entered) {
    return [{ key: "queue.turn", values: {}, shown: "info" }];
  }
  if (leads(after)) return comers(before.queue, after.queue);
  const [was, is] = [before.place, after.place];
  if (is === null || was === is) return [];
  const found: Saying[] = [];
  if (was?.place !== is.place) {
    const ahead = is.place - 1;
    found.push(ahead === 0 ? said("queue.next") : said("queue.place", { count: ahead }));
  }
  if (was !== null && is.closed && !was.closed) found.push(said("queue.closed"));
  return found;
}

/** For whoever leads: who has come into the queue. */
function comers(before: QueueChanged | null, after: QueueChanged | null): Saying[] {
  if (before === null || after === null || before === after) return [];
  const known = new Set([...before.line, before.visit].map((visitor) => visitor?.id));
  const came = after.line.filter(({ id }) => !known.has(id));
  return came.map(({ name }) => ({ key: "say.waits", values: { name }, shown: "info" }));
}

const said = (key: string, values: Saying["values"] = {}): Saying => ({ key, values, shown: null });

/** The sound of it: soon, or now; null for none. */
export function visitMelody(before: State, after: State): "soon" | "now" | null {
  if (before.place !== null && !before.entered && after.entered) return "now";
  return after.place?.place === 1 && before.place !== null && before.place.place > 1 ? "soon" : null;
}

/** What the tab says while somebody looks elsewhere: the key of it and its values, null for the page's own title. */
export function titleWords(state: State): { key: string; values: Saying["values"] } | null {
  const { place } = state;
  if (state.view !== "room" || state.entered || place === null) return null;
  if (place.place === 1) return { key: "queue.next", values: {} };
  return { key: "queue.place", values: { count: place.place - 1 } };
}

/** Who comes in next: the first whose page is there. */
export const nextOf = (queue: QueueChanged): QueueVisitor | null =>
  queue.line.find((visitor) => visitor.here) ?? null;

/** Whole minutes that somebody has waited at `now` (server's clock, ms). */
export const waited = (visitor: QueueVisitor, now: number): number =>
  Math.max(0, Math.floor((now - visitor.since_ms) / 60_000));
