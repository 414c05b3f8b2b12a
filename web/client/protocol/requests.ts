// Generated from signaling/requests.py: edit that, then `python -m signaling.typescript web/client/protocol`.

import type { Language, Moderation, PictureSource, Reaction, Rung, TimerAction, TimerPlace, VideoCodec, Watched } from "./parts";

/**
 * First message on every connection. The first offer travels in it, so media is ready with the reply.
 *
 * `token` is the personal link's; `resume` is the `session` of an earlier `Joined` (same tab).
 * A join opens the transport; nobody is told and no media flows before `enter`.
 */
export interface Join {
  readonly type: "join";
  readonly token: string;
  readonly language?: Language;
  readonly offer?: string | null;
  readonly resume?: string | null;
}

/** Steps from the green room into the room. May follow ``join`` at once, without waiting for its reply. */
export interface Enter {
  readonly type: "enter";
  readonly name: string;
  readonly microphone: boolean;
  readonly camera: boolean;
}

/**
 * A further offer of the same connection (more slots, ICE restart) or the first of a new one.
 *
 * `id` comes back in the `answer`; `fresh` says that the browser made a new RTCPeerConnection.
 */
export interface Offer {
  readonly type: "offer";
  readonly id: number;
  readonly sdp: string;
  readonly fresh?: boolean;
}

/** What this member sends from now on. A source that is off is not forwarded, whatever arrives. */
export interface Media {
  readonly type: "media";
  readonly microphone?: boolean;
  readonly camera?: boolean;
  readonly screen?: boolean;
}

/**
 * Drives the timer (whoever leads). `minutes` belongs to `add` and may be 1 to 60.
 *
 * `seen` is where the timer stood for whoever pressed: of two who press at once, one is too late.
 */
export interface TimerCommand {
  readonly type: "timer-command";
  readonly action: TimerAction;
  readonly minutes?: number;
  readonly seen?: TimerPlace | null;
}

/** Raises this member's hand, or lowers it. */
export interface Hand {
  readonly type: "hand";
  readonly raised: boolean;
}

/** Shows a reaction to everyone for a moment. */
export interface React {
  readonly type: "react";
  readonly reaction: Reaction;
}

/** Facilitators only. ``member`` is whom it is about; the actions about the whole room have none. */
export interface Moderate {
  readonly type: "moderate";
  readonly action: Moderation;
  readonly member?: string | null;
}

/** Asks for the chat: its last lines, or those before the line at ``before_ms``. */
export interface ChatOpen {
  readonly type: "chat-open";
  readonly before_ms?: number | null;
}

/**
 * Writes a line to everyone in the same room: at most 4,000 characters. `key` is the browser's own and
 * comes back.
 *
 * `room` is where this person thinks to be: a small room's id, or "" for the main room. When they have
 * been moved meanwhile the line is refused (`moved`), so that nobody reads it for whom it wasn't meant.
 * Null: wherever they are. `everywhere` says it in all rooms (facilitators only). `reply` is the line
 * that it answers.
 */
export interface Say {
  readonly type: "say";
  readonly text: string;
  readonly key: string;
  readonly room?: string | null;
  readonly everywhere?: boolean;
  readonly reply?: string | null;
}

/** This member is writing a line. */
export interface Typing {
  readonly type: "typing";
}

/**
 * Asks for the shared notes; the server answers with binary sync step 1, then both sides synchronise.
 *
 * `room` is the small room whose notes they are, "" for the main room. Only where this person is: anything
 * else is passed over, for they have just been moved and are about to be told.
 */
export interface NotesOpen {
  readonly type: "notes-open";
  readonly room?: string;
}

/** What this person looks at, most important first. No other picture need be sent here. */
export interface View {
  readonly type: "view";
  readonly tiles: readonly Watched[];
}

/**
 * What this browser can send of a picture now: `lines` is the short side of what is captured,
 * `layers` how many sizes of it at once (`q`; `q`, `h`; `q`, `h`, `f`), `codecs` what it can
 * be asked to encode, best first for a large picture; empty where it can't be asked.
 */
export interface Capture {
  readonly type: "capture";
  readonly source: PictureSource;
  readonly lines: number;
  readonly layers: number;
  readonly codecs?: readonly VideoCodec[];
}

/** The best rung that this person wants to be given, null for whatever the line carries. */
export interface Pin {
  readonly type: "pin";
  readonly rung: Rung | null;
}

/** How much data this person's call may take in this session, both ways together; null for no bound. */
export interface BudgetWanted {
  readonly type: "budget";
  readonly megabytes: number | null;
}

/** What this browser's own estimate says that it can send, in bits/s with everything. */
export interface Uplink {
  readonly type: "uplink";
  readonly available: number;
}

/**
 * What this browser made of the speech it got since its last `heard`: only it can know.
 *
 * `concealed` is the share (0 to 1) that never came in time and was made up; `buffer_ms` is what its
 * jitter buffer held.
 */
export interface Heard {
  readonly type: "heard";
  readonly concealed: number;
  readonly buffer_ms: number;
}

/** Asks, before ``enter``, what the line carries; this browser sends something meanwhile (2 s). */
export interface ProbeLine {
  readonly type: "probe";
}

/** Asks for the figures of this browser's own connection, answered by ``figures``. */
export interface FiguresWanted {
  readonly type: "figures-wanted";
}

/** Clock and liveness. ``sent`` is the browser's own clock in ms and comes back untouched. */
export interface Ping {
  readonly type: "ping";
  readonly sent: number;
}

/** Leaves for good: the place is given up at once. */
export interface Leave {
  readonly type: "leave";
}
