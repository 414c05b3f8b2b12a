/** All that is on screen, and the questions that views ask of it. */

import { isNear } from "./apart";
import type { CaptionChoices } from "./captions";
import type { DeviceProblem } from "./devices";
import type { Corner } from "./layout";
import { noPolls, type PollsState } from "./polls";
import type { Probing } from "./probe";
import type {
  Advice,
  Apart,
  ByeReason,
  ChatLine,
  ErrorCode,
  Floor,
  Guest,
  Keeping,
  LadderNow,
  Member,
  Quality,
  QueueChanged,
  QueuePlace,
  Reaction,
  Slot,
  SmallNote,
  Source,
  Timer,
  Usage,
} from "./protocol";
import type { TimerMark } from "./timer";

export type View = "green-room" | "room" | "left" | "error";
/** The socket as a person lives it: `stopping` is a loss the server announced. */
export type Link = "connecting" | "open" | "lost" | "stopping";
/** The way media takes: `bad` says that it can't be found for now. */
export type MediaPath = "wait" | "ok" | "bad";
/** One's own source: `starting` while the browser asks or opens it. */
export type Mine = "off" | "starting" | "on";
export type PanelName = "notes" | "chat" | "people" | "details" | "data" | "apart" | "polls" | "captions";
export type Arrangement = "grid" | "speaker";
/** Why this page is at its end. */
export type Ending = ErrorCode | ByeReason;

/** A receiving slot and since when (browser clock, ms) it carries this member; `reused` if another's frames came before. */
export interface LiveSlot extends Slot {
  readonly since: number;
  readonly reused: boolean;
}

export interface Toast {
  readonly id: number;
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly kind: "info" | "problem";
}

/** A reaction that is shown for a moment. */
export interface ShownReaction {
  readonly id: number;
  readonly member: string;
  readonly reaction: Reaction;
}

/** The chat as far as this page knows it. */
export interface ChatState {
  /** The oldest first; each once. */
  readonly lines: readonly ChatLine[];
  /** Whether there are earlier ones; null before any were asked for. */
  readonly more: boolean | null;
  /** Lines of others that came while the chat was not open. */
  readonly unread: number;
  /** Who is writing, and since when (browser clock, ms). */
  readonly typing: Readonly<Record<string, number>>;
  /** Own lines that are on their way, by this page's own keys. */
  readonly sent: readonly { readonly key: string; readonly text: string; readonly reply?: string | null }[];
  /** What could not be sent and goes back to where it was typed; counted, so that the same text can come twice. */
  readonly back: { readonly count: number; readonly text: string; readonly reply?: string | null };
}

export const emptyChat: ChatState = {
  lines: [],
  more: null,
  unread: 0,
  typing: {},
  sent: [],
  back: { count: 0, text: "" },
};

export interface State {
  readonly view: View;
  readonly ending: Ending | null;
  readonly me: Guest;
  readonly room: {
    readonly id: string;
    readonly title: string;
    readonly format: string;
    readonly minutes: number;
    readonly guests: readonly Guest[];
    readonly expires_ms: number;
  };
  readonly members: readonly Member[];
  readonly timer: Timer | null;
  /** The timer's mark that was reached a moment ago. */
  readonly signal: TimerMark | null;
  readonly floor: Floor;
  /** The small rooms; null while everybody is together. */
  readonly apart: Apart | null;
  /** The box of the agenda in which people have met in rounds already; null for none. */
  readonly rotated: number | null;
  /** What was written in small rooms that are over; null before it was asked for. */
  readonly smallNotes: readonly SmallNote[] | null;
  /** The last line of a facilitator to all rooms, until it is put away. */
  readonly broadcast: ChatLine | null;
  /** Guests whose links watch by a player, without being in the room. */
  readonly watchers: readonly string[];
  /** This person is at the door and waits to be let in. */
  readonly waiting: boolean;
  /** Their place while they wait in a queue, as last told; null where there is none. */
  readonly place: QueuePlace | null;
  /** The queue as mentors see it; null where there is none. */
  readonly queue: QueueChanged | null;
  readonly reactions: readonly ShownReaction[];
  readonly chat: ChatState;
  readonly polls: PollsState;
  readonly captions: CaptionChoices;
  /** This person's own words are to be understood. */
  readonly captioning: boolean;
  /** Somebody's words have come. */
  readonly captioned: boolean;
  /** Whether captions are kept. */
  readonly keeping: Keeping;
  /** How long each member has spoken, in ms. */
  readonly talk: Readonly<Record<string, number>>;
  readonly slots: readonly LiveSlot[];
  readonly speaker: string | null;
  /** Who of the others spoke last: stays large while nobody speaks. */
  readonly lastSpeaker: string | null;
  /** Others who have spoken, the last first: in a crowd they are shown before those who only listen. */
  readonly spoke: readonly string[];
  /** Whom this person wants to see large, whoever speaks; null for whoever speaks. */
  readonly kept: string | null;
  /** The page of the grid, from 0; views bound it by how many there are. */
  readonly page: number;
  readonly quality: Readonly<Record<string, Quality>>;
  /** What helps against one's own poor connection, and what was said of that before. */
  readonly advice: Advice | null;
  readonly advised: readonly Advice[];
  /** Where this person's call is on the ladder, and what it has used; null before the server has said. */
  readonly ladder: LadderNow | null;
  readonly usage: Usage | null;
  readonly saving: boolean;
  readonly link: Link;
  readonly joined: boolean;
  readonly entered: boolean;
  readonly media: MediaPath;
  readonly roundTrip: number | null;
  /** The closer look at the connection before the call; null before it was asked for. */
  readonly probing: Probing | null;
  /** How much less is sent and shown because the device has too much to do: 0 nothing, then step by step. */
  readonly strain: number;
  readonly mine: Readonly<Record<Source, Mine>>;
  readonly problems: Readonly<Record<Source, DeviceProblem | null>>;
  readonly panel: PanelName | null;
  readonly arrangement: Arrangement;
  /** The box (its id) during which this person chose an arrangement: it no longer proposes another. */
  readonly arrangedIn: string | null;
  readonly ownShown: boolean;
  readonly ownCorner: Corner;
  readonly sounds: boolean;
  /** The timer's marks are shown as light, too (each person's own choice). */
  readonly lights: boolean;
  /** How the talking is shared is shown (each person's own choice). */
  readonly balance: boolean;
  /** Single keys act (WCAG 2.1.4: a person can switch that off). */
  readonly shortcuts: boolean;
  readonly soundBlocked: boolean;
  readonly nameError: ErrorCode | null;
  readonly joinError: ErrorCode | null;
  readonly toasts: readonly Toast[];
}

/** What the page knows before the server has said anything. */
export interface Beginning {
  readonly room: {
    readonly title: string;
    readonly format: string;
    readonly minutes: number;
    readonly guests: readonly Guest[];
    readonly expires_ms: number;
  };
  readonly me: Guest;
}

export interface Preferences {
  readonly arrangement: Arrangement;
  readonly ownShown: boolean;
  readonly ownCorner: Corner;
  readonly sounds: boolean;
  readonly lights: boolean;
  readonly balance: boolean;
  readonly shortcuts: boolean;
  readonly captions: CaptionChoices;
}

/** What is so for whoever is not in the room: nobody is there, and nothing goes on. */
export const outside = {
  members: [],
  slots: [],
  speaker: null,
  lastSpeaker: null,
  spoke: [],
  kept: null,
  page: 0,
  quality: {},
  advice: null,
  joined: false,
  entered: false,
  waiting: false,
  place: null,
  queue: null,
  apart: null,
  rotated: null,
  smallNotes: null,
  broadcast: null,
  reactions: [],
  signal: null,
  chat: emptyChat,
  polls: noPolls,
  saving: false,
  panel: null,
  soundBlocked: false,
  roundTrip: null,
  probing: null,
  toasts: [],
} satisfies Partial<State>;

export function initialState(beginning: Beginning, preferences: Preferences): State {
  return {
    view: "green-room",
    ending: null,
    me: beginning.me,
    room: { id: "", ...beginning.room },
    timer: null,
    floor: { hands: [], locked: false, lobby: false, waiting: [] },
    watchers: [],
    keeping: { by: null, agreed: [] },
    captioning: false,
    captioned: false,
    talk: {},
    advised: [],
    ladder: null,
    usage: null,
    link: "connecting",
    media: "wait",
    strain: 0,
    mine: { microphone: "off", camera: "off", screen: "off" },
    problems: { microphone: null, camera: null, screen: null },
    ...outside,
    ...preferences,
    arrangedIn: null,
    nameError: null,
    joinError: null,
  };
}

// ------------------------------------------------------------------ questions views ask

/** Everyone in the session but this person. */
export function others(state: State): readonly Member[] {
  return state.members.filter((member) => member.id !== state.me.id);
}

/** The others in this person's own room, small or main: whom they can see and hear. */
export function near(state: State): readonly Member[] {
  const isHere = isNear(state.apart, state.me.id);
  return others(state).filter(({ id }) => isHere(id));
}

/** The video slot that carries a member's camera or screen, if any. */
export function slotOf(state: State, member: string, source: Source): LiveSlot | undefined {
  return state.slots.find((slot) => slot.member === member && slot.source === source);
}

/** Whose link leads drives the timer and moderates; as long as none of them is here, whoever stands in. */
export const leads = (state: State): boolean => leadsByRight(state) || state.floor.stand_in === state.me.id;

/** Whether this person can make small rooms: two alone have nothing to divide. */
export const canPart = (state: State): boolean =>
  leads(state) && state.room.guests.length > 2 && !officeHours(state);

/** Whether people wait in a queue here; a visit's own room is not told of as a small room. */
export const officeHours = (state: State): boolean => state.timer?.boxes.some((box) => box.queue) ?? false;

/** Whether this person leads for good, and may pass that on. */
export const leadsByRight = (state: State): boolean => state.me.role === "mentor";

/** Whether this person only sees and hears. */
export const observes = (state: State): boolean => state.me.role === "observer";

/** Everyone else in this person's own room who takes part. */
export function partners(state: State): readonly Member[] {
  return near(state).filter((member) => member.role !== "observer");
}

/** Those who observe in this person's own room, oneself left out. */
export function observers(state: State): readonly Member[] {
  return near(state).filter((member) => member.role === "observer");
}

/** The mark to be shown as light now. */
export const lit = (state: State): TimerMark | null => (state.lights ? state.signal : null);

/** Shares below this much talk (ms) would jump about. */
const ENOUGH_TALK = 20_000;

/** The share (0 to 1) of all that was said by those who are here; null before there is enough of it. */
export function talkShare(state: State, member: string): number | null {
  const said = [state.me, ...near(state)]
    .map((each) => state.talk[each.id] ?? 0)
    .reduce((sum, ms) => sum + ms, 0);
  return said < ENOUGH_TALK ? null : (state.talk[member] ?? 0) / said;
}

/** Whether this person's own hand is up. */
export const handUp = (state: State): boolean => state.floor.hands.includes(state.me.id);

/** This person as the others see them, before the server has said it too. */
export function myself(state: State): Member {
  const stored = state.members.find((member) => member.id === state.me.id);
  return {
    id: state.me.id,
    name: state.me.name,
    role: state.me.role,
    microphone: state.mine.microphone === "on",
    camera: state.mine.camera === "on",
    screen: state.mine.screen === "on",
    connected: stored?.connected ?? true,
  };
}
