/** What is said of small rooms: where one is now and with whom, who comes and goes, who asks for help. Pure. */

import { asking, MAIN, ownRoom, pauses, roomOf } from "./apart";
import type { Values } from "./i18n";
import { leads, near, officeHours, partners, type State, type Toast } from "./state";

interface Said {
  readonly key: string;
  readonly values: Values;
  readonly shown: Toast["kind"] | null;
}

const say = (key: string, values: Values = {}): Said => ({ key, values, shown: null });
const show = (key: string, values: Values = {}): Said => ({ key, values, shown: "info" });

/** Where this person is, and with whom; null when everybody is together. */
export function whereabouts(state: State): Said | null {
  if (state.apart === null || officeHours(state)) return null;
  const own = ownRoom(state);
  if (own === null) return say(pauses(state) ? "say.pause" : "say.main-room");
  const names = partners(state).map(({ name }) => name);
  const { number } = own;
  return names.length === 0
    ? say("say.small-room-alone", { number })
    : say("say.small-room", { number, names: names.join(", ") });
}

/** What to say when the small rooms have changed. */
export function apart(before: State, after: State): Said[] {
  const found: Said[] = [];
  if (officeHours(after)) return found;
  if (before.apart !== after.apart && before.joined && after.joined) {
    found.push(...rooms(before, after));
    if (leads(after)) found.push(...helps(before, after));
  }
  const { broadcast } = after;
  if (broadcast !== null && broadcast !== before.broadcast) {
    found.push(say("say.broadcast", { name: nameOf(after, broadcast.member), text: broadcast.text }));
  }
  return found;
}

function rooms(before: State, after: State): Said[] {
  const was = roomOf(before.apart, before.me.id);
  const is = roomOf(after.apart, after.me.id);
  if (after.apart === null) return [show(was === MAIN ? "say.everybody-back" : "say.together")];
  const here = whereabouts(after);
  if (was !== is) return here === null ? [] : [here];
  if (before.apart === null) return [say("say.apart", { count: after.apart.rooms.length })];
  const calls = !before.apart.calling && after.apart.calling ? [say("say.calling")] : [];
  return [...calls, ...comings(before, after)];
}

/** Who comes into this person's small room or goes elsewhere; the main room is a place to pass through. */
function comings(before: State, after: State): Said[] {
  if (ownRoom(after) === null) return [];
  const was = new Set(near(before).map(({ id }) => id));
  const is = new Set(near(after).map(({ id }) => id));
  const came = near(after).filter(({ id }) => !was.has(id));
  const went = near(before).filter(({ id }) => !is.has(id));
  return [
    ...came.map(({ name }) => show("say.comes-in", { name })),
    ...went.map(({ name }) => show("say.goes-out", { name })),
  ];
}

function helps(before: State, after: State): Said[] {
  const known = new Set(asking(before.apart).map(({ member }) => member));
  return asking(after.apart)
    .filter(({ member }) => !known.has(member) && member !== after.me.id)
    .map(({ member, number }) => show("say.asks-help", { name: nameOf(after, member), number }));
}

const nameOf = (state: State, member: string): string =>
  [...state.members, ...state.room.guests].find(({ id }) => id === member)?.name ?? "";
