// Generated from signaling/parts.py: edit that, then `python -m signaling.typescript web/client/protocol`.

export type Advice = "network" | "busy" | "closer" | "narrow" | "far";

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

export type MediaPath = "udp" | "tcp";

export type PauseReason = "line" | "budget" | "choice" | "sender";

export type Reaction = "agree" | "thanks" | "clap" | "heart" | "laugh" | "idea";

export type Rung = "720p" | "360p" | "180p" | "stills" | "speech" | "speech-low" | "text";

export type Source = "microphone" | "camera" | "screen";

export type ApartAction = "add" | "next" | "back" | "move";

export type Between = "all" | "roles";

export type OddOne = "pause" | "join";

export type SplitHow = "hand" | "random" | "pairs";

export type Language = "en" | "fr";

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

export type PictureSource = "camera" | "screen";

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

export type VideoCodec = "vp8" | "vp9" | "h264" | "av1";

export type Role = "mentor" | "mentee" | "observer";

export type TimerStatus = "ready" | "running" | "paused" | "finished";

export type Speaks = "everyone" | "turns" | "one" | "others";

export type Layout = "auto" | "grid" | "speaker";

export type Writes = "notes" | "actions" | "decisions";

export type Quality = "unknown" | "good" | "fair" | "poor" | "lost";

export type LayerName = "q" | "h" | "f";

export type PacketTime = 20 | 40 | 60;

export type ApartHow = "hand" | "random" | "pairs" | "rotation";

export type NotesFor = "all" | "room";

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
