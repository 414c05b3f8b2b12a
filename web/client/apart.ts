/** Small rooms: who is where, and what changes for somebody who is moved. Pure. */

import { moved } from "./chat";
import type { Apart, ChatLine, SmallRoom } from "./protocol";
import type { State } from "./state";

/** Where everybody is who is in no small room; a small room has an id of its own. */
export const MAIN = "";

const ofMember = (apart: Apart | null, member: string): SmallRoom | undefined =>
  apart?.rooms.find((room) => room.members.includes(member));

/** The id of the small room in which somebody is. */
export const roomOf = (apart: Apart | null, member: string): string => ofMember(apart, member)?.id ?? MAIN;

/** How people know a small room: the first is 1. 0 for the main room, and for one that is over. */
export const numberOf = (apart: Apart | null, room: string): number =>
  (apart?.rooms.findIndex(({ id }) => id === room) ?? -1) + 1;

/** The small room in which this person is, and its number; null in the main room. */
export function ownRoom(state: State): { readonly room: SmallRoom; readonly number: number } | null {
  const room = ofMember(state.apart, state.me.id);
  return room === undefined ? null : { room, number: numberOf(state.apart, room.id) };
}

/** Whether somebody is in the same room, small or main, as `me`. */
export function isNear(apart: Apart | null, me: string): (member: string) => boolean {
  if (apart === null) return () => true;
  const own = ofMember(apart, me);
  const ids = new Set((own === undefined ? apart.rooms : [own]).flatMap(({ members }) => members));
  return (member) => ids.has(member) === (own !== undefined);
}

/** Whether this person waits out a round, because the numbers are odd. */
export const pauses = (state: State): boolean => state.apart?.rounds?.pausing.includes(state.me.id) ?? false;

/** Those in small rooms who have asked for help, with their room's number. */
export function asking(apart: Apart | null): readonly { readonly member: string; readonly number: number }[] {
  return (apart?.rooms ?? []).flatMap((room, index) =>
    room.asks.map((member) => ({ member, number: index + 1 })),
  );
}

/** The state in which the small rooms are these; whoever is moved begins there with nobody and nothing. */
export function parted(state: State, apart: Apart | null): State {
  const room = roomOf(apart, state.me.id);
  const notes = apart === null ? null : state.smallNotes;
  const rotated = apart?.how === "rotation" ? (state.timer?.index ?? null) : state.rotated;
  if (room === roomOf(state.apart, state.me.id)) return { ...state, apart, rotated, smallNotes: notes };
  return {
    ...state,
    apart,
    rotated,
    smallNotes: null,
    broadcast: null,
    speaker: null,
    lastSpeaker: null,
    spoke: [],
    kept: null,
    page: 0,
    talk: {},
    reactions: [],
    chat: moved(state.chat, room),
  };
}

/** What somebody who leads says to all rooms stays in sight until it is put away. */
export const broadcastOf = (state: State, line: ChatLine): ChatLine | null =>
  line.everywhere === true && line.member !== state.me.id ? line : state.broadcast;

/** Milliseconds until everybody is back, or until the next round; null for no end. `now` is the server's. */
export const leftOf = (apart: Apart, now: number): number | null =>
  apart.until_ms === null ? null : Math.max(0, apart.until_ms - now);
