// Generated from signaling/*.py: edit those, then `python -m signaling.typescript`.

export type Role = "mentor" | "mentee" | "observer";

export type Source = "microphone" | "camera" | "screen";

export type PictureSource = "camera" | "screen";

export type Language = "en" | "fr";

export type Reaction = "agree" | "thanks" | "clap" | "heart" | "laugh" | "idea";

export type Moderation =
  | "mute"
  | "mute-all"
  | "stop-share"
  | "lower"
  | "lower-all"
  | "promote"
  | "demote"
  | "remove"
  | "lock"
  | "unlock"
  | "lobby"
  | "no-lobby"
  | "admit"
  | "admit-all"
  | "refuse";

export type TimerStatus = "ready" | "running" | "paused" | "finished";

export type TimerAction =
  | "start"
  | "pause"
  | "resume"
  | "add"
  | "next"
  | "back"
  | "next-turn"
  | "back-turn"
  | "finish";

export type Speaks = "everyone" | "turns" | "one" | "others";

export type Layout = "auto" | "grid" | "speaker";

export type Writes = "notes" | "actions" | "decisions";

export type Quality = "unknown" | "good" | "fair" | "poor" | "lost";

export type Advice = "network" | "busy" | "closer" | "narrow" | "far";

export type PauseReason = "line" | "budget" | "choice" | "sender";

export type Rung = "720p" | "360p" | "180p" | "stills" | "speech" | "speech-low" | "text";

export type LayerName = "q" | "h" | "f";

export type VideoCodec = "vp8" | "vp9" | "h264" | "av1";

export type PacketTime = 20 | 40 | 60;

export type MediaPath = "udp" | "tcp";

export type SplitHow = "hand" | "random" | "pairs";

export type ApartHow = "hand" | "random" | "pairs" | "rotation";

export type Between = "all" | "roles";

export type OddOne = "pause" | "join";

export type ApartAction = "add" | "next" | "back" | "move";

export type NotesFor = "all" | "room";

export type ErrorCode =
  | "bad-message"
  | "message-too-large"
  | "note-too-large"
  | "sdp"
  | "link-invalid"
  | "link-expired"
  | "link-revoked"
  | "room-ended"
  | "room-full"
  | "server-full"
  | "elsewhere"
  | "too-many-joins"
  | "name-missing"
  | "name-too-long"
  | "not-joined"
  | "not-entered"
  | "not-facilitator"
  | "only-facilitator"
  | "no-member"
  | "room-locked"
  | "chat-empty"
  | "chat-too-long"
  | "timer-state"
  | "agenda-changed"
  | "agenda-full"
  | "apart-state"
  | "too-few"
  | "no-small-room"
  | "moved"
  | "no-poll"
  | "poll-question"
  | "poll-choices"
  | "poll-state"
  | "poll-secret"
  | "too-many-polls"
  | "timer-moved"
  | "caption-state"
  | "observer"
  | "queue-state"
  | "queue-closed"
  | "store-unavailable";

export type ByeReason =
  | "replaced"
  | "revoked"
  | "removed"
  | "refused"
  | "visited"
  | "left"
  | "stopping"
  | "too-slow"
  | "room-ended";

export type AgendaAction = "add" | "remove" | "rename" | "move" | "minutes";

export type PollAct = "open" | "close" | "show" | "hide" | "delete" | "restore";

export type PollStatus = "draft" | "open" | "closed";

export type KeepAct = "ask" | "agree" | "stop";

export type QueueAction = "next" | "end" | "call" | "put-back" | "dismiss" | "close" | "open";

/**
 * A person who is in the room, as everyone sees them.
 *
 * `connected` is false while their connection is lost and their place is kept (30 s).
 */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  readonly connected: boolean;
}

/** A person who has a link to the room, present or not. */
export interface Guest {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/** A text that somebody wrote, in each language; where one is "" the other is shown. */
export interface Words {
  readonly en?: string;
  readonly fr?: string;
}

/**
 * One box of the agenda. `key` names its title and its prompt in the catalogues (`box.<key>`,
 * `prompt.<key>`); `title` and `prompt` are words in their place, null for the catalogue's. A box
 * whose `key` is "" has all its words here, and no prompt where that is null. `id` stays the box's own
 * wherever it is moved.
 *
 * `seconds` is planned plus what was added; `planned_s` is what it was at first; `spent_ms` is what
 * ran before `Timer.since_ms`. `turn_s` is how long each turn has, 0 for no clock of its own. `round`
 * counts from 0 where the agenda is gone through several times, each time with another one. `rotate_s` is
 * how long people meet in small rooms before they change, 0 where all stay together. `queue`: who waits
 * comes in one by one, and has `turn_s`.
 */
export interface Box {
  readonly key: string;
  readonly seconds: number;
  readonly planned_s: number;
  readonly spent_ms: number;
  readonly speaks: Speaks;
  readonly turn_s: number;
  readonly round: number;
  readonly rotate_s?: number;
  readonly queue?: boolean;
  readonly title?: Words | null;
  readonly prompt?: Words | null;
  readonly layout?: Layout;
  readonly writes?: readonly Writes[];
  readonly id?: string;
}

/**
 * Whose turn it is in the current box: `order[index]`, a member's id.
 *
 * With `turns` they speak, with `one` as well, with `others` they listen. `spent_ms` is what their
 * turn ran before `Timer.since_ms`.
 */
export interface Turn {
  readonly order: readonly string[];
  readonly index: number;
  readonly spent_ms: number;
}

/**
 * The session's timer. Remaining time of the current box in ms at instant `now`:
 *
 * `box.seconds * 1000 - box.spent_ms - (now - since_ms if running else 0)`; negative is overtime.
 * `revision` counts changes of the agenda.
 */
export interface Timer {
  readonly status: TimerStatus;
  readonly index: number;
  readonly boxes: readonly Box[];
  readonly since_ms: number | null;
  readonly turn: Turn | null;
  readonly revision?: number;
}

/** Where a timer stands: ``index`` is the box, ``turn`` the turn in it, null where there is none. */
export interface TimerPlace {
  readonly status: TimerStatus;
  readonly index: number;
  readonly turn: number | null;
}

/**
 * Who wants to speak and who may come in. `hands` are members' ids in the order in which they were
 * raised.
 *
 * `locked`: nobody new comes in. `lobby`: whoever comes waits until a facilitator lets them in;
 * `waiting` are those who do, the first first. `stand_in` leads while nobody is here whose link leads.
 */
export interface Floor {
  readonly hands: readonly string[];
  readonly locked: boolean;
  readonly lobby: boolean;
  readonly waiting: readonly Guest[];
  readonly stand_in?: string | null;
}

/**
 * One small room; people know it by its place in the list, the first is number 1.
 *
 * `id` is of this one alone: the next split makes others. `members` are who is in it, facilitators who
 * have come to help too, and those whose place is kept. `asks` are those of them who have asked for help.
 */
export interface SmallRoom {
  readonly id: string;
  readonly members: readonly string[];
  readonly asks: readonly string[];
}

/**
 * Where a rotation is: round `index` (from 0) of `count`. `pausing` have nobody in this round, and
 * are in the main room.
 *
 * `count` can fall when people leave: no two meet twice, and nobody is left over twice before all were.
 */
export interface Rounds {
  readonly index: number;
  readonly count: number;
  readonly pausing: readonly string[];
}

/**
 * The small rooms that there are; whoever is in none of them is in the main room.
 *
 * At `until_ms` (null: when a facilitator says so) everybody is back, or, in a rotation, the next round
 * begins. `calling`: everybody has been called back, and will be at `until_ms`. `notes` says who can
 * read what is written in a small room once everybody is back.
 */
export interface Apart {
  readonly how: ApartHow;
  readonly rooms: readonly SmallRoom[];
  readonly since_ms: number;
  readonly until_ms: number | null;
  readonly calling: boolean;
  readonly rounds: Rounds | null;
  readonly notes: NotesFor;
}

/**
 * What was written in one small room that is over.
 *
 * `room` is its id, `number` how people knew it, `at_ms` when it began; `members` were in it.
 * `cut`: the text goes on, here is its beginning.
 */
export interface SmallNote {
  readonly room: string;
  readonly number: number;
  readonly at_ms: number;
  readonly members: readonly string[];
  readonly text: string;
  readonly cut: boolean;
}

/**
 * Whether captions are kept: `by` has asked for it, null while nobody has; `agreed` have said yes.
 *
 * They are kept while everybody who is in the room has agreed, and not a word while somebody has not.
 */
export interface Keeping {
  readonly by: string | null;
  readonly agreed: readonly string[];
}

/**
 * The whole of what a person is shown of a room. `apart` is null while everybody is
 * together.
 */
export interface Room {
  readonly id: string;
  readonly title: string;
  readonly format: string;
  readonly guests: readonly Guest[];
  readonly members: readonly Member[];
  readonly timer: Timer;
  readonly expires_ms: number;
  readonly floor: Floor;
  readonly apart?: Apart | null;
  readonly keeping?: Keeping;
}

/**
 * What one receiving m-line of this browser's connection carries now.
 *
 * `mid` is the m-line's `a=mid` in this browser's own offer; `member` is null while it is empty.
 * `paused` says why nothing of it comes though `member` sends it.
 */
export interface Slot {
  readonly mid: string;
  readonly source: Source;
  readonly member: string | null;
  readonly paused?: PauseReason | null;
}

/** How a member's connection does; ``score`` is the E-model's rating (0 to 93), null while unknown. */
export interface MemberQuality {
  readonly member: string;
  readonly quality: Quality;
  readonly score: number | null;
}

/** The beginning of a line that another one answers. */
export interface Quote {
  readonly member: string;
  readonly text: string;
  readonly at_ms: number;
}

/**
 * One line of the chat, as stored. `member` is the guest who wrote it; `text` is text, never HTML.
 *
 * `room` is the id of the small room in which it was said, "" for the main room; `everywhere`: a
 * facilitator said it to all rooms. `reply` is the line that this one answers, and `quote` what that
 * says; null where there is none (any more).
 */
export interface ChatLine {
  readonly id: string;
  readonly member: string;
  readonly text: string;
  readonly at_ms: number;
  readonly room?: string;
  readonly everywhere?: boolean;
  readonly reply?: string | null;
  readonly quote?: Quote | null;
}

/** How long a member has spoken since the room came to life, in ms. */
export interface Spoken {
  readonly member: string;
  readonly ms: number;
}

/** A picture on a person's screen, ``lines`` device pixels high. */
export interface Watched {
  readonly member: string;
  readonly source: PictureSource;
  readonly lines: number;
}

/**
 * How one layer of a picture is to be sent: null is as its sender likes.
 *
 * `bitrate` in bits/s at most, `lines` the picture's short side in pixels at most, `framerate` in
 * frames/s at most. `codec` is the same for all layers of a picture.
 */
export interface Encoding {
  readonly rid: LayerName;
  readonly active: boolean;
  readonly bitrate?: number | null;
  readonly lines?: number | null;
  readonly framerate?: number | null;
  readonly codec?: VideoCodec | null;
}

/**
 * How speech is to be sent: `bitrate` of Opus in bits/s, `ptime` in ms a packet, and `redundant`,
 * each frame again in the packet after it (RFC 2198).
 */
export interface SpeechEncoding {
  readonly bitrate: number;
  readonly ptime: PacketTime;
  readonly redundant?: boolean;
}

/**
 * One layer of what this browser sends, as it comes in; `receivers` is how many it goes out to.
 *
 * `layer` counts from 0, the lowest; `lines` is the picture's height; `bitrate` in bits/s.
 */
export interface LayerFigures {
  readonly source: Source;
  readonly layer: number;
  readonly codec: string;
  readonly lines: number | null;
  readonly bitrate: number | null;
  readonly receivers: number;
}

/**
 * What one receiving line carries: layer `layer` (from 0) of `layers`, null while nothing feeds it.
 *
 * `flowing` is false while it waits: for a keyframe, or for the sender.
 */
export interface FeedFigures {
  readonly mid: string;
  readonly member: string;
  readonly source: Source;
  readonly codec: string | null;
  readonly layer: number | null;
  readonly layers: number;
  readonly lines: number | null;
  readonly bitrate: number | null;
  readonly flowing: boolean;
}

/** A TURN relay that a browser may use, as RTCPeerConnection takes it; the credential expires. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

/**
 * Changes a box of the agenda. Facilitators only.
 *
 * `revision` is the timer's, as this browser knows it: whoever changes an older agenda is refused, and
 * sees the newer one. `box` is the box's id; `add` has none. `place` belongs to `add` and `move`:
 * where the box is then, from 0. `title` belongs to `add` and `rename` ("": as the catalogues have
 * it), `minutes` to `add` and `minutes`.
 */
export interface AgendaEdit {
  readonly type: "agenda-edit";
  readonly action: AgendaAction;
  readonly revision: number;
  readonly box?: string;
  readonly place?: number;
  readonly title?: string;
  readonly minutes?: number;
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

/** Asks for what was written in small rooms that are over, as far as this member may read it. */
export interface SmallNotesWanted {
  readonly type: "small-notes-wanted";
}

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

/** How much data this person's call may take in this session, both ways together; null for no bound. */
export interface BudgetWanted {
  readonly type: "budget";
  readonly megabytes: number | null;
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

/** Asks for the chat: its last lines, or those before the line at ``before_ms``. */
export interface ChatOpen {
  readonly type: "chat-open";
  readonly before_ms?: number | null;
}

/** Steps from the green room into the room. May follow ``join`` at once, without waiting for its reply. */
export interface Enter {
  readonly type: "enter";
  readonly name: string;
  readonly microphone: boolean;
  readonly camera: boolean;
}

/** Asks for the figures of this browser's own connection, answered by ``figures``. */
export interface FiguresWanted {
  readonly type: "figures-wanted";
}

/** Raises this member's hand, or lowers it. */
export interface Hand {
  readonly type: "hand";
  readonly raised: boolean;
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

/** Leaves for good: the place is given up at once. */
export interface Leave {
  readonly type: "leave";
}

/** What this member sends from now on. A source that is off is not forwarded, whatever arrives. */
export interface Media {
  readonly type: "media";
  readonly microphone?: boolean;
  readonly camera?: boolean;
  readonly screen?: boolean;
}

/** Facilitators only. ``member`` is whom it is about; the actions about the whole room have none. */
export interface Moderate {
  readonly type: "moderate";
  readonly action: Moderation;
  readonly member?: string | null;
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

/** The best rung that this person wants to be given, null for whatever the line carries. */
export interface Pin {
  readonly type: "pin";
  readonly rung: Rung | null;
}

/** Clock and liveness. ``sent`` is the browser's own clock in ms and comes back untouched. */
export interface Ping {
  readonly type: "ping";
  readonly sent: number;
}

/** Asks, before ``enter``, what the line carries; this browser sends something meanwhile (2 s). */
export interface ProbeLine {
  readonly type: "probe";
}

/** Shows a reaction to everyone for a moment. */
export interface React {
  readonly type: "react";
  readonly reaction: Reaction;
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

/** This member is writing a line. */
export interface Typing {
  readonly type: "typing";
}

/** What this browser's own estimate says that it can send, in bits/s with everything. */
export interface Uplink {
  readonly type: "uplink";
  readonly available: number;
}

/** What this person looks at, most important first. No other picture need be sent here. */
export interface View {
  readonly type: "view";
  readonly tiles: readonly Watched[];
}

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

/**
 * A question to the room. `several`: more than one answer may be given; `anonymous`: nobody is told
 * who gave which.
 *
 * `voters` is how many have answered; `counts` how often each choice was, null for who may not see that
 * yet. `shown`: a closed one is on everybody's screen.
 */
export interface Poll {
  readonly id: string;
  readonly question: string;
  readonly choices: readonly string[];
  readonly several: boolean;
  readonly anonymous: boolean;
  readonly status: PollStatus;
  readonly by: string;
  readonly at_ms: number;
  readonly voters: number;
  readonly counts: readonly number[] | null;
  readonly shown: boolean;
}

/** What this person has answered: indices of choices, the lowest first. */
export interface OwnVote {
  readonly poll: string;
  readonly choices: readonly number[];
}

/**
 * Writes a question down, new or a draft again, and asks it at once with `ask` (facilitators only).
 *
 * `poll` is a random id that the browser makes: the same message twice is one poll.
 */
export interface PollDraft {
  readonly type: "poll-draft";
  readonly poll: string;
  readonly question: string;
  readonly choices: readonly string[];
  readonly several?: boolean;
  readonly anonymous?: boolean;
  readonly ask?: boolean;
}

/** Opens, closes, shows, hides, deletes or restores a poll (facilitators only). */
export interface PollDo {
  readonly type: "poll-do";
  readonly poll: string;
  readonly act: PollAct;
}

/** Answers an open poll, or answers it anew; no choice at all takes the answer back. */
export interface PollVote {
  readonly type: "poll-vote";
  readonly poll: string;
  readonly choices: readonly number[];
}

/** Asks for all polls as this person may see them. */
export interface PollsWanted {
  readonly type: "polls-wanted";
}

/** Asks who answered what in a poll that is not anonymous and whose counts this person may see. */
export interface VotersWanted {
  readonly type: "voters-wanted";
  readonly poll: string;
}

/** The reply to ``polls-wanted``: the oldest first, and this person's own answers. */
export interface Polls {
  readonly type: "polls";
  readonly polls: readonly Poll[];
  readonly own: readonly OwnVote[];
}

/** A poll as it is now, for this person's eyes; already in the store. */
export interface PollNow {
  readonly type: "poll";
  readonly poll: Poll;
}

/** A poll was deleted. ``restore`` brings it back until another one is deleted. */
export interface PollGone {
  readonly type: "poll-gone";
  readonly poll: string;
}

/** This person's own answer, as stored: to them alone. */
export interface Voted {
  readonly type: "voted";
  readonly vote: OwnVote;
}

/** The reply to ``voters-wanted``: for each choice the ids of the guests who gave it. */
export interface Voters {
  readonly type: "voters";
  readonly poll: string;
  readonly choices: readonly (readonly string[])[];
}

/** Where ``member`` points on the screen that ``of`` shares. */
export interface Pointer {
  readonly member: string;
  readonly of: string;
  readonly x: number;
  readonly y: number;
}

/** This member points at a place of the screen that ``of`` shares. */
export interface Point {
  readonly type: "point";
  readonly of: string;
  readonly x: number;
  readonly y: number;
}

/** This member points no longer. */
export interface PointOff {
  readonly type: "point-off";
}

/** Whether this page shows a shared screen and wants to be told where others point. */
export interface PointersWanted {
  readonly type: "pointers-wanted";
  readonly on: boolean;
}

/** Whether this member lets others point at the screen that they share. */
export interface PointersAllowed {
  readonly type: "pointers-allowed";
  readonly allowed: boolean;
}

/** Who points where since the last of these, everybody once; ``gone`` point no longer. */
export interface Pointers {
  readonly type: "pointers";
  readonly points: readonly Pointer[];
  readonly gone: readonly string[];
}

/** Who lets nobody point at the screen that they share. */
export interface PointingOff {
  readonly type: "pointing-off";
  readonly members: readonly string[];
}

/**
 * What `member` says, as far as their browser has understood it.
 *
 * `line` counts that member's lines; a later one with the same number replaces it, until `final`.
 * `language` is a language tag, such as `fr-CA`.
 */
export interface CaptionLine {
  readonly member: string;
  readonly line: number;
  readonly text: string;
  readonly final: boolean;
  readonly language: string;
}

/** What this browser has understood of its own person, so far or finally. */
export interface Caption {
  readonly type: "caption";
  readonly line: number;
  readonly text: string;
  readonly final: boolean;
  readonly language: string;
}

/** Whether this page shows captions. */
export interface CaptionsWanted {
  readonly type: "captions-wanted";
  readonly on: boolean;
}

/** Asks everybody whether captions may be kept, agrees to it, or has none of it. */
export interface KeepCaptions {
  readonly type: "keep-captions";
  readonly act: KeepAct;
}

/** What has been said since the last of these. */
export interface Captions {
  readonly type: "captions";
  readonly lines: readonly CaptionLine[];
}

/** Whether captions are kept, after a change; already in the store. */
export interface KeepingChanged {
  readonly type: "keeping";
  readonly keeping: Keeping;
}

/** What this visitor comes for, in a line. The mentor sees it in the queue. */
export interface QueueAbout {
  readonly type: "queue-about";
  readonly text: string;
}

/** This visitor lets the one behind them go first. */
export interface QueuePass {
  readonly type: "queue-pass";
}

/** Drives the queue (mentor only). ``member`` belongs to ``call`` and ``dismiss``. */
export interface QueueCommand {
  readonly type: "queue-command";
  readonly action: QueueAction;
  readonly member?: string | null;
}

/**
 * To a visitor who waits, when one of these changes.
 *
 * `place` 1 is next. `minutes` is how long it will be, about; null while no mentor is here. `behind`:
 * somebody could be let go first. `closed`: nobody new is taken. `about` is what they come for.
 */
export interface QueuePlace {
  readonly type: "queue-place";
  readonly place: number;
  readonly minutes: number | null;
  readonly behind: boolean;
  readonly closed: boolean;
  readonly about: string;
}

/**
 * Somebody in the queue since `since_ms`, or visiting since then; `here` is false while their
 * connection is lost and their place is kept (2 min).
 */
export interface QueueVisitor {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly since_ms: number;
  readonly here: boolean;
}

/**
 * To mentors: the queue after a change that is already stored.
 *
 * `line` is its beginning (the first thirty), `count` how many wait in all. `visit` is who is in now.
 * `done` is how many visits there were, `average_s` how long they took, null before there was one.
 */
export interface QueueChanged {
  readonly type: "queue";
  readonly line: readonly QueueVisitor[];
  readonly count: number;
  readonly visit: QueueVisitor | null;
  readonly closed: boolean;
  readonly done: number;
  readonly average_s: number | null;
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
