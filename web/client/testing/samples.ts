/** Messages and states that many tests begin from. */

import { captionDefaults } from "../captions";
import type { Apart, Box, Figures, Joined, Member, Members, Room, Slot, Timer } from "../protocol";
import { act, receive } from "../reduce";
import { initialState, type State } from "../state";

/** A box of the agenda in which everyone speaks. */
export function box(key: string, seconds: number, spent_ms = 0, change: Partial<Box> = {}): Box {
  return { key, seconds, planned_s: seconds, spent_ms, speaks: "everyone", turn_s: 0, round: 0, ...change };
}

export const timer: Timer = {
  status: "ready",
  index: 0,
  boxes: [box("check-in", 300), box("topic", 900)],
  since_ms: null,
  turn: null,
};

export const guests = [
  { id: "me", name: "Mona", role: "mentor" },
  { id: "sam", name: "Sam", role: "mentee" },
  { id: "ana", name: "Ana", role: "mentee" },
  { id: "bo", name: "Bo", role: "mentee" },
] as const;

export function member(id: string, change: Partial<Member> = {}): Member {
  const guest = guests.find((each) => each.id === id) ?? { id, name: id, role: "mentee" as const };
  return { ...guest, microphone: true, camera: true, screen: false, connected: true, ...change };
}

export function room(change: Partial<Room> = {}): Room {
  return {
    id: "room-1",
    title: "GROW",
    format: "grow-45",
    guests,
    members: [],
    timer,
    expires_ms: 9e12,
    floor: { hands: [], locked: false, lobby: false, waiting: [] },
    ...change,
  };
}

export function joined(change: Partial<Joined> = {}): Joined {
  return {
    type: "joined",
    member: "me",
    session: "secret",
    entered: false,
    media_kept: false,
    room: room(),
    answer: "answer",
    slots: [],
    video_slots: 2,
    now_ms: 1_000_000,
    ...change,
  };
}

/** What everyone is told of who is here. */
export function members(change: Partial<Members>): Members {
  return { type: "members", present: [], left: [], quality: [], ...change };
}

/** Small rooms with these people in them, known as 1, 2 …; the ids are "r1", "r2" … */
export function apart(rooms: readonly (readonly string[])[], change: Partial<Apart> = {}): Apart {
  return {
    how: "hand",
    rooms: rooms.map((members, index) => ({ id: `r${index + 1}`, members, asks: [] })),
    since_ms: 0,
    until_ms: null,
    calling: false,
    rounds: null,
    notes: "all",
    ...change,
  };
}

/** What the server knows of this connection. */
export function figures(change: Partial<Figures> = {}): Figures {
  return {
    type: "figures",
    path: "udp",
    rtt_ms: 40,
    up: null,
    down: null,
    loss_up: null,
    loss_down: null,
    jitter_up_ms: 0,
    jitter_down_ms: 0,
    estimate: null,
    allocated: null,
    queue_ms: 0,
    score: null,
    sends: [],
    receives: [],
    ...change,
  };
}

export const videoSlot = (mid: string, member: string | null, source: Slot["source"] = "camera"): Slot => ({
  mid,
  source,
  member,
});

export function beginning(): State {
  return initialState(
    { room: { title: "GROW", format: "grow-45", minutes: 45, guests, expires_ms: 9e12 }, me: guests[0] },
    {
      arrangement: "grid",
      ownShown: true,
      ownCorner: "bottom-right",
      sounds: true,
      lights: true,
      balance: true,
      shortcuts: true,
      captions: captionDefaults,
    },
  );
}

/** In the room with these others. */
export function inRoom(...others: Member[]): State {
  const members = [...others, member("me")];
  let state = act(beginning(), { type: "entering", name: "Mona" });
  state = receive(state, joined({ room: room({ members }) }), 0);
  state = receive(state, { type: "entered", member: member("me") }, 0);
  state = act(state, { type: "media", media: "ok" });
  return act(act(state, { type: "mine", source: "camera", mine: "on" }), {
    type: "mine",
    source: "microphone",
    mine: "on",
  });
}
