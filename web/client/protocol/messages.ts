// Generated from signaling/messages.py: edit that, then `python -m signaling.typescript web/client/protocol`.

import type { Advice, Apart, ByeReason, ChatLine, Encoding, ErrorCode, FeedFigures, Floor, IceServer, LayerFigures, MediaPath, Member, MemberQuality, PauseReason, Reaction, Room, Rung, Slot, SmallNote, Source, SpeechEncoding, Spoken, Timer } from "./parts";
import type { BudgetWanted, Capture, ChatOpen, Enter, FiguresWanted, Hand, Heard, Join, Leave, Media, Moderate, NotesOpen, Offer, Pin, Ping, ProbeLine, React, Say, TimerCommand, Typing, Uplink, View } from "./requests";
import type { AgendaEdit } from "./agenda";
import type { ApartCommand, AskHelp, Rotate, SmallNotesWanted, Split } from "./apart";
import type { PollDo, PollDraft, PollGone, PollNow, PollVote, Polls, PollsWanted, Voted, Voters, VotersWanted } from "./polls";
import type { Point, PointOff, Pointers, PointersAllowed, PointersWanted, PointingOff } from "./pointers";
import type { Caption, Captions, CaptionsWanted, KeepCaptions, KeepingChanged } from "./captions";
import type { QueueAbout, QueueChanged, QueueCommand, QueuePass, QueuePlace } from "./visits";

/**
 * The reply to `join`: who you are, the room as it is, the answer to the offer.
 *
 * `entered` is true when `resume` found you still in the room: no `enter` is needed.
 * `media_kept` is true when the media connection of that earlier session still stands: keep the
 * RTCPeerConnection; otherwise, if no offer was sent, send one with `fresh`.
 * `session` is a secret to keep for `resume`. `slots` is empty while there is no answer.
 * `video_slots` is how many receiving video m-lines to offer.
 */
export interface Joined {
  readonly type: "joined";
  readonly member: string;
  readonly session: string;
  readonly entered: boolean;
  readonly media_kept: boolean;
  readonly room: Room;
  readonly answer: string | null;
  readonly slots: readonly Slot[];
  readonly video_slots: number;
  readonly now_ms: number;
}

/** The reply to ``enter``: your own member, as stored and as the others see you. */
export interface Entered {
  readonly type: "entered";
  readonly member: Member;
}

/** The reply to ``offer``. */
export interface Answer {
  readonly type: "answer";
  readonly id: number;
  readonly sdp: string;
}

/**
 * All that is new of who is here since the last of these, everybody once and as they are now.
 *
 * `present` have come or changed, `left` are gone: left, revoked, or lost for longer than their place is
 * kept. At most one in 80 ms, so that a crowd that comes together is told of in one breath.
 */
export interface Members {
  readonly type: "members";
  readonly present: readonly Member[];
  readonly left: readonly string[];
  readonly quality: readonly MemberQuality[];
}

/** The timer after a command; already in the store. */
export interface TimerChanged {
  readonly type: "timer-changed";
  readonly timer: Timer;
  readonly by: string | null;
  readonly now_ms: number;
}

/** Who wants to speak and who may come in, after a change; already in the store. ``by`` made it. */
export interface FloorChanged {
  readonly type: "floor";
  readonly floor: Floor;
  readonly by: string | null;
}

/**
 * The small rooms after a change, null when everybody is together again; already in the store.
 *
 * At most one in 80 ms, the same bytes for all: each finds the room that they are in by their own id.
 */
export interface ApartChanged {
  readonly type: "apart";
  readonly apart: Apart | null;
  readonly now_ms: number;
}

/** The reply to ``small-notes-wanted``: small rooms in which something was written, the first first. */
export interface SmallNotes {
  readonly type: "small-notes";
  readonly notes: readonly SmallNote[];
}

/** A member's reaction, to be shown for a moment; nothing is kept of it. */
export interface Reacted {
  readonly type: "reacted";
  readonly member: string;
  readonly reaction: Reaction;
}

/**
 * The reply to `enter` while the room has a lobby:
 *
 * wait for `entered`, or `bye` with `refused`.
 */
export interface Waiting {
  readonly type: "waiting";
}

/** Whose links watch by a player (WHEP) now, without being members: nobody looks on unseen. */
export interface LookingOn {
  readonly type: "looking-on";
  readonly guests: readonly string[];
}

/** A facilitator has switched this member's ``source`` off; the member may switch it on again. */
export interface Silenced {
  readonly type: "silenced";
  readonly source: Source;
  readonly by: string;
}

/** All receiving slots of this browser, audio first, in m-line order. */
export interface Slots {
  readonly type: "slots";
  readonly slots: readonly Slot[];
}

/** Please offer this many receiving video m-lines: there is more to see than fits. */
export interface SlotsWanted {
  readonly type: "slots-wanted";
  readonly video: number;
}

/**
 * What of this member is looked at, and what of it lines carry: send so from now on, and no more.
 *
 * A part that is absent stays as it was.
 */
export interface Encodings {
  readonly type: "encodings";
  readonly camera?: readonly Encoding[];
  readonly screen?: readonly Encoding[];
  readonly microphone?: SpeechEncoding;
}

/** The rung that this member's call is on, the one they have pinned, and why it is no better. */
export interface LadderNow {
  readonly type: "ladder";
  readonly rung: Rung;
  readonly pinned: Rung | null;
  readonly reason: PauseReason | null;
}

/**
 * Bytes of this member's call in this session, with all headers, and its budget; a bound of null is none.
 *
 * `sent` is what came from this browser, `received` what went to it, `per_hour` the rate of both now.
 * `seconds` is how long the budget has to last.
 */
export interface Usage {
  readonly type: "usage";
  readonly sent: number;
  readonly received: number;
  readonly budget: number | null;
  readonly per_hour: number;
  readonly seconds: number;
}

/** The loudest member now, null while nobody speaks. */
export interface Speaker {
  readonly type: "speaker";
  readonly member: string | null;
}

/**
 * The reply to `probe`, in 2 s or so: null is what could not be known.
 *
 * `down` and `up` are bits a second that came through in a quarter of a second, `loss` is the share
 * (0 to 1) lost on the way down, `spent` the bytes of both ways.
 */
export interface Probed {
  readonly type: "probed";
  readonly path: MediaPath | null;
  readonly rtt_ms: number | null;
  readonly loss: number | null;
  readonly jitter_ms: number | null;
  readonly down: number | null;
  readonly up: number | null;
  readonly spent: number;
}

/**
 * What the relay knows of this browser's connection. Null is what is not known.
 *
 * `up` and `down` are bits/s of media since the figures before; `estimate` is what the line down is
 * taken to carry, `allocated` what is sent of it (null while nothing has shown its limit), `queue_ms`
 * how long packets stand in it. Losses are shares (0 to 1) after repair: of what came here, and of the
 * speech that this browser had to make up. `score` is the E-model's rating (0 to 93).
 */
export interface Figures {
  readonly type: "figures";
  readonly path: MediaPath;
  readonly rtt_ms: number | null;
  readonly up: number | null;
  readonly down: number | null;
  readonly loss_up: number | null;
  readonly loss_down: number | null;
  readonly jitter_up_ms: number;
  readonly jitter_down_ms: number;
  readonly estimate: number | null;
  readonly allocated: number | null;
  readonly queue_ms: number;
  readonly score: number | null;
  readonly sends: readonly LayerFigures[];
  readonly receives: readonly FeedFigures[];
}

/** The reply to ``chat-open``: lines, the oldest first, and whether there are earlier ones. */
export interface ChatLines {
  readonly type: "chat-lines";
  readonly lines: readonly ChatLine[];
  readonly more: boolean;
}

/** A line of the chat; already in the store. ``key`` is its writer's own name for it, for them alone. */
export interface Said {
  readonly type: "said";
  readonly line: ChatLine;
  readonly key?: string | null;
}

/** A member is writing a line. Nothing is kept of it. */
export interface Types {
  readonly type: "types";
  readonly member: string;
}

/** How long members have spoken so far: those for whom that has changed, everybody after ``joined``. */
export interface Talk {
  readonly type: "talk";
  readonly spoken: readonly Spoken[];
}

/** What this member can do about a connection that is poor; null when it is not any more. */
export interface OwnAdvice {
  readonly type: "advice";
  readonly advice: Advice | null;
}

/** The relays with fresh credentials, for restarts and new connections; after each ``joined``. */
export interface IceServers {
  readonly type: "ice-servers";
  readonly ice_servers: readonly IceServer[];
}

/** Nothing has arrived any more from this browser's media connection: find another way (restart ICE). */
export interface Unheard {
  readonly type: "unheard";
}

/** ``held`` true: the store can't be reached, what is done now waits. False: all is stored again. */
export interface Saving {
  readonly type: "saving";
  readonly held: boolean;
}

/** So many of the note updates that this connection sent are stored (a running count). */
export interface NotesSaved {
  readonly type: "notes-saved";
  readonly count: number;
}

/** The reply to ``ping``. */
export interface Pong {
  readonly type: "pong";
  readonly sent: number;
  readonly now_ms: number;
}

/** A message was refused. ``about`` is its type, ``field`` the field at fault where there is one. */
export interface ErrorMessage {
  readonly type: "error";
  readonly code: ErrorCode;
  readonly about?: string | null;
  readonly field?: string | null;
}

/** The last message before the server closes the connection. */
export interface Bye {
  readonly type: "bye";
  readonly reason: ByeReason;
}

export type ClientMessage =
  | Join
  | Enter
  | Offer
  | Media
  | TimerCommand
  | AgendaEdit
  | Hand
  | React
  | Moderate
  | Split
  | Rotate
  | ApartCommand
  | AskHelp
  | SmallNotesWanted
  | ChatOpen
  | Say
  | Typing
  | NotesOpen
  | View
  | Capture
  | Uplink
  | Pin
  | BudgetWanted
  | Heard
  | ProbeLine
  | FiguresWanted
  | Ping
  | Leave
  | PollDraft
  | PollDo
  | PollVote
  | PollsWanted
  | VotersWanted
  | Point
  | PointOff
  | PointersWanted
  | PointersAllowed
  | Caption
  | CaptionsWanted
  | KeepCaptions
  | QueueAbout
  | QueuePass
  | QueueCommand;

export type ServerMessage =
  | Joined
  | Entered
  | Answer
  | Members
  | TimerChanged
  | FloorChanged
  | ApartChanged
  | SmallNotes
  | Reacted
  | Waiting
  | LookingOn
  | Silenced
  | Slots
  | SlotsWanted
  | Encodings
  | LadderNow
  | Usage
  | Speaker
  | Talk
  | ChatLines
  | Said
  | Types
  | OwnAdvice
  | Probed
  | Figures
  | Unheard
  | IceServers
  | Saving
  | NotesSaved
  | Pong
  | ErrorMessage
  | Bye
  | Polls
  | PollNow
  | PollGone
  | Voted
  | Voters
  | Pointers
  | PointingOff
  | Captions
  | KeepingChanged
  | QueuePlace
  | QueueChanged;
