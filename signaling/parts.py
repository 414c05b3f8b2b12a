"""What messages are made of: the words that they use, and the parts that travel inside them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

type_field = "type"

Role = Literal["mentor", "mentee", "observer"]
"""The mentor is the session's facilitator: drives the timer. MENTOR's words, not "host" and "guest". An
observer sees and hears, and everyone is shown that they do."""

Source = Literal["microphone", "camera", "screen"]
"""What a member can send; at most one track of each."""

PictureSource = Literal["camera", "screen"]

Language = Literal["en", "fr"]

Reaction = Literal["agree", "thanks", "clap", "heart", "laugh", "idea"]
"""What can be said without a word. Each has its name in both catalogues, under ``reaction.<word>``."""

Moderation = Literal[
    "mute",
    "mute-all",
    "stop-share",
    "lower",
    "lower-all",
    "promote",
    "demote",
    "remove",
    "lock",
    "unlock",
    "lobby",
    "no-lobby",
    "admit",
    "admit-all",
    "refuse",
]
"""What a facilitator can do about a member, the room, or somebody who waits at the door."""

TimerStatus = Literal["ready", "running", "paused", "finished"]

TimerAction = Literal["start", "pause", "resume", "add", "next", "back", "next-turn", "back-turn", "finish"]

Speaks = Literal["everyone", "turns", "one", "others"]
"""Who speaks in a box of the agenda: everyone freely, each in turn, the one whose question it is, or all the
others while that one listens."""

Layout = Literal["auto", "grid", "speaker"]
"""How a box of the agenda proposes to show people: as the number of them has it, all alike, or whoever speaks
large. Each person may choose otherwise."""

Writes = Literal["notes", "actions", "decisions"]
"""What is written down during a box: anything, what somebody will do (owner and date), what was decided.
All of it goes into the notes, under the box's own heading."""

Quality = Literal["unknown", "good", "fair", "poor", "lost"]
"""What a person should expect of a member's connection, both ways."""

Advice = Literal["network", "busy", "closer", "narrow", "far"]
"""What helps against a poor connection: another network, less else on the line, a better radio, sending less,
or nothing but patience with pauses. Each has one sentence in both catalogues, under ``advice.<word>``."""

PauseReason = Literal["line", "budget", "choice", "sender"]
"""Why a picture that somebody looks at is not sent to them: their line has no room, their data budget none,
they chose so, or nothing of it comes from its sender."""

Rung = Literal["720p", "360p", "180p", "stills", "speech", "speech-low", "text"]
"""The ladder, best first: pictures of at most so many lines, stills of a shared screen, speech only, speech
at its least, and words alone. Each has its names in both catalogues, under ``rung.<word>``."""

LayerName = Literal["q", "h", "f"]
"""The ``rid`` of a simulcast layer, smallest first; with two there is no ``f``, with one only ``q``."""

VideoCodec = Literal["vp8", "vp9", "h264", "av1"]
"""What can be forwarded. ``h264`` is its constrained baseline, of ``vp9`` and ``av1`` it is profile 0."""

PacketTime = Literal[20, 40, 60]
"""Milliseconds of speech a packet: the longer, the less its headers cost (any-connection arithmetic in
docs/architecture.md)."""

MediaPath = Literal["udp", "tcp"]

SplitHow = Literal["hand", "random", "pairs"]
"""How a room is split into small rooms: as a facilitator has put people, at random, or each mentor with
theirs."""

ApartHow = Literal["hand", "random", "pairs", "rotation"]
"""How the small rooms that there are came about; a ``rotation`` mixes them anew each round."""

Between = Literal["all", "roles"]
"""Who meets whom in a rotation: everybody each other, or each mentor each mentee."""

OddOne = Literal["pause", "join"]
"""What whoever is left over in a round of a rotation does: pauses in the main room, or joins others."""

ApartAction = Literal["add", "next", "back", "move"]
"""What a facilitator can do about small rooms: more time, the next round now, everybody back, somebody
elsewhere."""

NotesFor = Literal["all", "room"]
"""Who can read a small room's notes once everybody is back: all, or only who was in it."""

ErrorCode = Literal[
    "bad-message",
    "message-too-large",
    "note-too-large",
    "sdp",
    "link-invalid",
    "link-expired",
    "link-revoked",
    "room-ended",
    "room-full",
    "server-full",
    "elsewhere",
    "too-many-joins",
    "name-missing",
    "name-too-long",
    "not-joined",
    "not-entered",
    "not-facilitator",
    "only-facilitator",
    "no-member",
    "room-locked",
    "chat-empty",
    "chat-too-long",
    "timer-state",
    "agenda-changed",
    "agenda-full",
    "apart-state",
    "too-few",
    "no-small-room",
    "moved",
    "no-poll",
    "poll-question",
    "poll-choices",
    "poll-state",
    "poll-secret",
    "too-many-polls",
    "timer-moved",
    "caption-state",
    "observer",
    "queue-state",
    "queue-closed",
    "store-unavailable",
]
"""Each has one sentence in both catalogues, under ``error.<code>``."""

ByeReason = Literal[
    "replaced", "revoked", "removed", "refused", "visited", "left", "stopping", "too-slow", "room-ended"
]
"""Why the server ends a connection: ``replaced`` (same person in another tab), ``stopping`` (the server
restarts: come back), ``too-slow`` (the outbox was full: come back), ``removed`` (by a facilitator, for good),
``refused`` (not let in now), ``visited`` (their visit in office hours is over)."""

Name = Annotated[str, Meta(max_length=80)]
Token = Annotated[str, Meta(max_length=512)]
Sdp = Annotated[str, Meta(max_length=65_536)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Wire(Struct, frozen=True, forbid_unknown_fields=True, tag_field=type_field, kw_only=True):
    """The base of every message: frozen, tagged, strict about unknown fields."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of what travels inside messages: no tag of its own."""


# ---------------------------------------------------------------- parts


class Member(Part, frozen=True):
    """A person who is in the room, as everyone sees them.

    ``connected`` is false while their connection is lost and their place is kept (30 s).
    """

    id: str
    name: str
    role: Role
    microphone: bool
    camera: bool
    screen: bool
    connected: bool


class Guest(Part, frozen=True):
    """A person who has a link to the room, present or not."""

    id: str
    name: str
    role: Role


class Words(Part, frozen=True):
    """A text that somebody wrote, in each language; where one is "" the other is shown."""

    en: str = ""
    fr: str = ""


class Box(Part, frozen=True):
    """One box of the agenda. ``key`` names its title and its prompt in the catalogues (``box.<key>``,
    ``prompt.<key>``); ``title`` and ``prompt`` are words in their place, null for the catalogue's. A box
    whose ``key`` is "" has all its words here, and no prompt where that is null. ``id`` stays the box's own
    wherever it is moved.

    ``seconds`` is planned plus what was added; ``planned_s`` is what it was at first; ``spent_ms`` is what
    ran before ``Timer.since_ms``. ``turn_s`` is how long each turn has, 0 for no clock of its own. ``round``
    counts from 0 where the agenda is gone through several times, each time with another one. ``rotate_s`` is
    how long people meet in small rooms before they change, 0 where all stay together. ``queue``: who waits
    comes in one by one, and has ``turn_s``.
    """

    key: str
    seconds: int
    planned_s: int
    spent_ms: int
    speaks: Speaks
    turn_s: int
    round: int
    rotate_s: int = 0
    queue: bool = False
    title: Words | None = None
    prompt: Words | None = None
    layout: Layout = "auto"
    writes: tuple[Writes, ...] = ("notes",)
    id: str = ""


class Turn(Part, frozen=True):
    """Whose turn it is in the current box: ``order[index]``, a member's id.

    With ``turns`` they speak, with ``one`` as well, with ``others`` they listen. ``spent_ms`` is what their
    turn ran before ``Timer.since_ms``.
    """

    order: tuple[str, ...]
    index: int
    spent_ms: int


class Timer(Part, frozen=True):
    """The session's timer. Remaining time of the current box in ms at instant ``now``:

    ``box.seconds * 1000 - box.spent_ms - (now - since_ms if running else 0)``; negative is overtime.
    ``revision`` counts changes of the agenda.
    """

    status: TimerStatus
    index: int
    boxes: tuple[Box, ...]
    since_ms: int | None
    turn: Turn | None
    revision: int = 0


class TimerPlace(Part, frozen=True):
    """Where a timer stands: ``index`` is the box, ``turn`` the turn in it, null where there is none."""

    status: TimerStatus
    index: Count
    turn: Count | None


class Floor(Part, frozen=True):
    """Who wants to speak and who may come in. ``hands`` are members' ids in the order in which they were
    raised.

    ``locked``: nobody new comes in. ``lobby``: whoever comes waits until a facilitator lets them in;
    ``waiting`` are those who do, the first first. ``stand_in`` leads while nobody is here whose link leads.
    """

    hands: tuple[str, ...]
    locked: bool
    lobby: bool
    waiting: tuple[Guest, ...]
    stand_in: str | None = None


class SmallRoom(Part, frozen=True):
    """One small room; people know it by its place in the list, the first is number 1.

    ``id`` is of this one alone: the next split makes others. ``members`` are who is in it, facilitators who
    have come to help too, and those whose place is kept. ``asks`` are those of them who have asked for help.
    """

    id: str
    members: tuple[str, ...]
    asks: tuple[str, ...]


class Rounds(Part, frozen=True):
    """Where a rotation is: round ``index`` (from 0) of ``count``. ``pausing`` have nobody in this round, and
    are in the main room.

    ``count`` can fall when people leave: no two meet twice, and nobody is left over twice before all were.
    """

    index: int
    count: int
    pausing: tuple[str, ...]


class Apart(Part, frozen=True):
    """The small rooms that there are; whoever is in none of them is in the main room.

    At ``until_ms`` (null: when a facilitator says so) everybody is back, or, in a rotation, the next round
    begins. ``calling``: everybody has been called back, and will be at ``until_ms``. ``notes`` says who can
    read what is written in a small room once everybody is back.
    """

    how: ApartHow
    rooms: tuple[SmallRoom, ...]
    since_ms: int
    until_ms: int | None
    calling: bool
    rounds: Rounds | None
    notes: NotesFor


class SmallNote(Part, frozen=True):
    """What was written in one small room that is over.

    ``room`` is its id, ``number`` how people knew it, ``at_ms`` when it began; ``members`` were in it.
    ``cut``: the text goes on, here is its beginning.
    """

    room: str
    number: int
    at_ms: int
    members: tuple[str, ...]
    text: str
    cut: bool


class Keeping(Part, frozen=True):
    """Whether captions are kept: ``by`` has asked for it, null while nobody has; ``agreed`` have said yes.

    They are kept while everybody who is in the room has agreed, and not a word while somebody has not.
    """

    by: str | None
    agreed: tuple[str, ...]


NOT_KEPT = Keeping(by=None, agreed=())
"""Nobody has asked."""


class Room(Part, frozen=True):
    """The whole of what a person is shown of a room. ``apart`` is null while everybody is
    together.
    """

    id: str
    title: str
    format: str
    guests: tuple[Guest, ...]
    members: tuple[Member, ...]
    timer: Timer
    expires_ms: int
    floor: Floor
    apart: Apart | None = None
    keeping: Keeping = NOT_KEPT


class Slot(Part, frozen=True):
    """What one receiving m-line of this browser's connection carries now.

    ``mid`` is the m-line's ``a=mid`` in this browser's own offer; ``member`` is null while it is empty.
    ``paused`` says why nothing of it comes though ``member`` sends it.
    """

    mid: str
    source: Source
    member: str | None
    paused: PauseReason | None = None


class MemberQuality(Part, frozen=True):
    """How a member's connection does; ``score`` is the E-model's rating (0 to 93), null while unknown."""

    member: str
    quality: Quality
    score: int | None


class Quote(Part, frozen=True):
    """The beginning of a line that another one answers."""

    member: str
    text: str
    at_ms: int


class ChatLine(Part, frozen=True):
    """One line of the chat, as stored. ``member`` is the guest who wrote it; ``text`` is text, never HTML.

    ``room`` is the id of the small room in which it was said, "" for the main room; ``everywhere``: a
    facilitator said it to all rooms. ``reply`` is the line that this one answers, and ``quote`` what that
    says; null where there is none (any more).
    """

    id: str
    member: str
    text: str
    at_ms: int
    room: str = ""
    everywhere: bool = False
    reply: str | None = None
    quote: Quote | None = None


class Spoken(Part, frozen=True):
    """How long a member has spoken since the room came to life, in ms."""

    member: str
    ms: int


class Watched(Part, frozen=True):
    """A picture on a person's screen, ``lines`` device pixels high."""

    member: Annotated[str, Meta(max_length=64)]
    source: PictureSource
    lines: Annotated[int, Meta(ge=0, le=10_000)]


class Encoding(Part, frozen=True):
    """How one layer of a picture is to be sent: null is as its sender likes.

    ``bitrate`` in bits/s at most, ``lines`` the picture's short side in pixels at most, ``framerate`` in
    frames/s at most. ``codec`` is the same for all layers of a picture.
    """

    rid: LayerName
    active: bool
    bitrate: int | None = None
    lines: int | None = None
    framerate: int | None = None
    codec: VideoCodec | None = None


class SpeechEncoding(Part, frozen=True):
    """How speech is to be sent: ``bitrate`` of Opus in bits/s, ``ptime`` in ms a packet, and ``redundant``,
    each frame again in the packet after it (RFC 2198).
    """

    bitrate: int
    ptime: PacketTime
    redundant: bool = False


class LayerFigures(Part, frozen=True):
    """One layer of what this browser sends, as it comes in; ``receivers`` is how many it goes out to.

    ``layer`` counts from 0, the lowest; ``lines`` is the picture's height; ``bitrate`` in bits/s.
    """

    source: Source
    layer: int
    codec: str
    lines: int | None
    bitrate: int | None
    receivers: int


class FeedFigures(Part, frozen=True):
    """What one receiving line carries: layer ``layer`` (from 0) of ``layers``, null while nothing feeds it.

    ``flowing`` is false while it waits: for a keyframe, or for the sender.
    """

    mid: str
    member: str
    source: Source
    codec: str | None
    layer: int | None
    layers: int
    lines: int | None
    bitrate: int | None
    flowing: bool


class IceServer(Part, frozen=True):
    """A TURN relay that a browser may use, as RTCPeerConnection takes it; the credential expires."""

    urls: tuple[str, ...]
    username: str
    credential: str
