/** How each message of the server, and each act in this browser, changes what is on screen: a pure reducer. */

import { broadcastOf, parted } from "./apart";
import { boxAtHand } from "./boxes";
import type { CaptionChoices } from "./captions";
import { fetched, returned, said } from "./chat";
import type { DeviceProblem } from "./devices";
import { bye, forgotten, outAgain, refused } from "./ending";
import type { Corner } from "./layout";
import { polled } from "./polls";
import type { Probing } from "./probe";
import type {
  Advice,
  ErrorCode,
  Joined,
  Member,
  Members,
  ServerMessage,
  Slot,
  Source,
  Timer,
} from "./protocol";
import type { Arrangement, Link, LiveSlot, MediaPath, Mine, PanelName, State, Toast } from "./state";
import { type TimerMark, turnView } from "./timer";

/** Something that happened in this browser. */
export type Act =
  | { readonly type: "link"; readonly link: Link }
  | { readonly type: "entering"; readonly name: string }
  | { readonly type: "name-refused"; readonly code: ErrorCode }
  | { readonly type: "left" }
  | { readonly type: "coming-back" }
  | { readonly type: "media"; readonly media: MediaPath }
  | { readonly type: "round-trip"; readonly roundTrip: number | null }
  | { readonly type: "probing"; readonly probing: Probing }
  | { readonly type: "strain"; readonly step: number }
  | {
      readonly type: "mine";
      readonly source: Source;
      readonly mine: Mine;
      readonly problem?: DeviceProblem | null;
    }
  | { readonly type: "panel"; readonly panel: PanelName | null }
  | { readonly type: "arrangement"; readonly arrangement: Arrangement }
  | { readonly type: "page"; readonly page: number }
  | { readonly type: "keep"; readonly member: string | null }
  | { readonly type: "own"; readonly shown?: boolean; readonly corner?: Corner }
  | { readonly type: "sounds"; readonly sounds: boolean }
  | { readonly type: "lights"; readonly lights: boolean }
  | { readonly type: "signal"; readonly signal: TimerMark | null }
  | { readonly type: "balance"; readonly balance: boolean }
  | { readonly type: "shortcuts"; readonly shortcuts: boolean }
  | { readonly type: "captions"; readonly change: Partial<CaptionChoices> }
  | { readonly type: "captioning"; readonly captioning: boolean }
  | { readonly type: "sound-blocked"; readonly blocked: boolean }
  | { readonly type: "toast"; readonly toast: Toast }
  | { readonly type: "toast-over"; readonly id: number }
  | { readonly type: "reaction-over"; readonly id: number }
  | {
      readonly type: "chat-sent";
      readonly key: string;
      readonly text: string;
      readonly reply?: string | null;
    }
  | { readonly type: "broadcast-over" };

/** After a message of the server that arrived at `now` (browser clock, ms). */
export function receive(state: State, message: ServerMessage, now: number): State {
  switch (message.type) {
    case "joined":
      return joined(state, message, now);
    case "entered":
      return {
        ...state,
        entered: true,
        waiting: false,
        place: null,
        joinError: null,
        members: withMember(state.members, message.member),
        me: { ...state.me, name: message.member.name },
      };
    case "members":
      return roster(state, message);
    case "timer-changed":
      return {
        ...state,
        timer: message.timer,
        kept: turnShown(state, message.timer),
        signal: ongoing(state.timer, message.timer) ? state.signal : null,
      };
    case "talk": {
      const spoken = message.spoken.map(({ member, ms }) => [member, ms] as const);
      return { ...state, talk: { ...state.talk, ...Object.fromEntries(spoken) } };
    }
    case "chat-lines":
      return { ...state, chat: fetched(state.chat, message) };
    case "said": {
      const own = message.line.member === state.me.id;
      const chat = said(state.chat, message, own, state.panel === "chat");
      return { ...state, chat, broadcast: broadcastOf(state, message.line) };
    }
    case "types":
      return message.member === state.me.id
        ? state
        : { ...state, chat: { ...state.chat, typing: { ...state.chat.typing, [message.member]: now } } };
    case "polls":
    case "poll":
    case "poll-gone":
    case "voted":
    case "voters":
      return { ...state, polls: polled(state.polls, message) };
    case "keeping":
      return { ...state, keeping: message.keeping };
    case "floor":
      return { ...state, floor: message.floor };
    case "apart":
      return parted(state, message.apart);
    case "small-notes":
      return { ...state, smallNotes: message.notes };
    case "looking-on":
      return { ...state, watchers: message.guests };
    case "waiting":
      return state.entered ? outAgain(state) : { ...state, waiting: true };
    case "queue-place":
      return { ...state, place: message };
    case "queue":
      return { ...state, queue: message };
    case "reacted": {
      const id = (state.reactions.at(-1)?.id ?? 0) + 1;
      const { member, reaction } = message;
      return { ...state, reactions: [...state.reactions.slice(-MOST_REACTIONS), { id, member, reaction }] };
    }
    case "slots":
      return { ...state, slots: liveSlots(state.slots, message.slots, now) };
    case "speaker":
      return {
        ...state,
        speaker: message.member,
        lastSpeaker:
          message.member === null || message.member === state.me.id ? state.lastSpeaker : message.member,
        spoke: spokeLast(state, message.member),
      };
    case "advice":
      return advised(state, message.advice);
    case "ladder":
      return { ...state, ladder: message };
    case "usage":
      return { ...state, usage: message };
    case "saving":
      return { ...state, saving: message.held };
    case "error":
      return message.about === "say"
        ? { ...state, chat: returned(state.chat) }
        : refused(state, message.code, message.about ?? null);
    case "bye":
      return bye(state, message.reason);
    case "captions":
      return state.captioned ? state : { ...state, captioned: true };
    case "pointers":
    case "pointing-off":
    case "silenced":
    case "answer":
    case "slots-wanted":
    case "encodings":
    case "notes-saved":
    case "pong":
    case "probed":
    case "figures":
    case "unheard":
    case "ice-servers":
      return state;
  }
}

/** After something that happened in this browser. */
export function act(state: State, event: Act): State {
  switch (event.type) {
    case "link":
      return state.ending === null
        ? { ...state, link: event.link, joined: event.link === "open" && state.joined }
        : state;
    case "entering":
      return {
        ...state,
        view: "room",
        me: { ...state.me, name: event.name },
        nameError: null,
        joinError: null,
      };
    case "name-refused":
      return { ...state, nameError: event.code };
    case "left":
      return { ...forgotten(state), view: "left" };
    case "coming-back":
      return { ...forgotten(state), view: "green-room", ending: null, link: "connecting", media: "wait" };
    case "media":
      return { ...state, media: event.media };
    case "probing":
      return { ...state, probing: event.probing };
    case "strain":
      return { ...state, strain: event.step };
    case "round-trip":
      return { ...state, roundTrip: event.roundTrip };
    case "mine":
      return {
        ...state,
        mine: { ...state.mine, [event.source]: event.mine },
        problems:
          event.problem === undefined ? state.problems : { ...state.problems, [event.source]: event.problem },
      };
    case "panel":
      return {
        ...state,
        panel: event.panel,
        chat: event.panel === "chat" ? { ...state.chat, unread: 0 } : state.chat,
      };
    case "chat-sent":
      return {
        ...state,
        chat: {
          ...state.chat,
          sent: [...state.chat.sent, { key: event.key, text: event.text, reply: event.reply ?? null }],
        },
      };
    case "arrangement":
      return {
        ...state,
        arrangement: event.arrangement,
        arrangedIn: boxAtHand(state.timer)?.id ?? null,
        page: 0,
        kept: null,
      };
    case "keep":
      return { ...state, kept: event.member };
    case "page":
      return { ...state, page: Math.max(0, event.page) };
    case "own":
      return {
        ...state,
        ownShown: event.shown ?? state.ownShown,
        ownCorner: event.corner ?? state.ownCorner,
      };
    case "sounds":
      return { ...state, sounds: event.sounds };
    case "lights":
      return { ...state, lights: event.lights };
    case "signal":
      return { ...state, signal: event.signal };
    case "balance":
      return { ...state, balance: event.balance };
    case "captions":
      return { ...state, captions: { ...state.captions, ...event.change } };
    case "captioning":
      return { ...state, captioning: event.captioning };
    case "shortcuts":
      return { ...state, shortcuts: event.shortcuts };
    case "sound-blocked":
      return { ...state, soundBlocked: event.blocked };
    case "toast":
      return { ...state, toasts: [...state.toasts.slice(-1), event.toast] };
    case "toast-over":
      return { ...state, toasts: state.toasts.filter((toast) => toast.id !== event.id) };
    case "broadcast-over":
      return { ...state, broadcast: null };
    case "reaction-over":
      return { ...state, reactions: state.reactions.filter((each) => each.id > event.id) };
  }
}

/** Whoever has the turn is shown large; afterwards it is again as it was. */
function turnShown(state: State, timer: Timer): string | null {
  const speaker = (of: Timer | null) => {
    const turn = of === null ? null : turnView(of, 0);
    return turn?.speaks ? turn.member : null;
  };
  const [was, is] = [speaker(state.timer), speaker(timer)];
  if (is !== null && is !== was) return is === state.me.id ? null : is;
  return is === null && state.kept === was ? null : state.kept;
}

/** Whether the same box, and the same turn in it, goes on. */
function ongoing(before: Timer | null, after: Timer): boolean {
  return (
    before?.index === after.index &&
    before.status === after.status &&
    before.turn?.index === after.turn?.index
  );
}

/** More at once than anybody could make out. */
const MOST_REACTIONS = 40;

function advised(state: State, advice: Advice | null): State {
  const known = advice === null || state.advised.includes(advice);
  return { ...state, advice, advised: known ? state.advised : [...state.advised, advice] };
}

function joined(state: State, message: Joined, now: number): State {
  const { id, title, format, guests, expires_ms, members, timer, floor, apart = null } = message.room;
  const { keeping = state.keeping } = message.room;
  const self = guests.find((guest) => guest.id === message.member);
  const slots =
    message.answer === null && message.media_kept && message.slots.length === 0 ? state.slots : message.slots;
  const present = new Set(members.map((member) => member.id));
  const here = parted({ ...state, timer }, apart);
  return {
    ...here,
    link: "open",
    joined: true,
    entered: message.entered,
    room: { id, title: title || state.room.title, format, minutes: state.room.minutes, guests, expires_ms },
    me: { ...(self ?? state.me), id: message.member, name: state.me.name },
    members,
    timer,
    floor,
    keeping,
    talk: {},
    watchers: [],
    chat: returned(here.chat),
    waiting: false,
    place: message.entered ? null : state.place,
    reactions: [],
    slots: liveSlots(message.media_kept ? state.slots : [], slots, now),
    speaker: null,
    lastSpeaker: here.lastSpeaker !== null && present.has(here.lastSpeaker) ? here.lastSpeaker : null,
    spoke: here.spoke.filter((id) => present.has(id)),
    kept: here.kept !== null && present.has(here.kept) ? here.kept : null,
    quality: {},
    advice: null,
    saving: false,
    joinError: null,
  };
}

/** Members keep their places on screen: a changed one stays where it was, a new one comes last. */
function withMember(members: readonly Member[], member: Member): readonly Member[] {
  return members.some((each) => each.id === member.id)
    ? members.map((each) => (each.id === member.id ? member : each))
    : [...members, member];
}

function roster(state: State, { present, left, quality }: Members): State {
  const gone = new Set(left);
  const here = new Map([...state.members, ...present].map((member) => [member.id, member]));
  const grades = { ...state.quality };
  for (const each of quality) grades[each.member] = each.quality;
  for (const id of left) {
    here.delete(id);
    delete grades[id];
  }
  const self = present.find((member) => member.id === state.me.id);
  const stays = (id: string | null): string | null => (id !== null && gone.has(id) ? null : id);
  return {
    ...state,
    members: present.length + left.length === 0 ? state.members : [...here.values()],
    // Somebody may have been given the lead, or given it up.
    me: self === undefined || self.role === state.me.role ? state.me : { ...state.me, role: self.role },
    floor: left.some((id) => state.floor.hands.includes(id))
      ? { ...state.floor, hands: state.floor.hands.filter((id) => !gone.has(id)) }
      : state.floor,
    speaker: stays(state.speaker),
    lastSpeaker: stays(state.lastSpeaker),
    kept: stays(state.kept),
    spoke: gone.size === 0 ? state.spoke : state.spoke.filter((id) => !gone.has(id)),
    quality: quality.length + left.length === 0 ? state.quality : grades,
  };
}

/** As many as any page shows. */
const MOST_SPOKE = 16;

function spokeLast(state: State, speaker: string | null): readonly string[] {
  if (speaker === null || speaker === state.me.id || state.spoke[0] === speaker) return state.spoke;
  return [speaker, ...state.spoke.filter((id) => id !== speaker)].slice(0, MOST_SPOKE);
}

/** For how long (ms) frames of the one before may still come out of the jitter buffer. */
const LINGERING = 1_000;

function liveSlots(
  before: readonly LiveSlot[],
  slots: readonly (Slot | LiveSlot)[],
  now: number,
): readonly LiveSlot[] {
  return slots.map((slot) => {
    const old = before.find((each) => each.mid === slot.mid);
    if (old === undefined) return { ...slot, since: now, reused: false };
    if (old.member === slot.member && old.source === slot.source) {
      const paused = slot.paused ?? null;
      return paused === (old.paused ?? null) ? old : { ...old, paused };
    }
    const warm = old.member !== null || (old.reused && now - old.since < LINGERING);
    return { ...slot, since: now, reused: warm };
  });
}
