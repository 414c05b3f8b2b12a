"""Every message that crosses the WebSocket, one type each. ``PROTOCOL.md`` says when each is sent.

Wire form: one JSON object a text frame, told apart by its ``type``. Binary frames carry the notes
(y-protocols, see ``PROTOCOL.md``). Instants are ``*_ms``: integer milliseconds since the Unix epoch
by the server's clock; spans are ``*_ms`` or ``seconds``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

type_field = "type"

Role = Literal["mentor", "mentee"]
"""The mentor is the session's facilitator: drives the timer. MENTOR's words, not "host" and "guest"."""

Source = Literal["microphone", "camera", "screen"]
"""What a member can send; at most one track of each."""

PictureSource = Literal["camera", "screen"]

Language = Literal["en", "fr"]

TimerStatus = Literal["ready", "running", "paused", "finished"]

TimerAction = Literal["start", "pause", "resume", "add", "next", "back", "finish"]

Quality = Literal["unknown", "good", "fair", "poor", "lost"]
"""What a person should expect of a member's connection, both ways."""

Advice = Literal["network", "busy", "closer", "narrow", "far"]
"""What helps against a poor connection: another network, less else on the line, a better radio, sending less,
or nothing but patience with pauses. Each has one sentence in both catalogues, under ``advice.<word>``."""

MediaPath = Literal["udp", "tcp"]

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
    "too-many-joins",
    "name-missing",
    "name-too-long",
    "not-joined",
    "not-entered",
    "not-facilitator",
    "timer-state",
    "store-unavailable",
]
"""Each has one sentence in both catalogues, under ``error.<code>``."""

ByeReason = Literal["replaced", "revoked", "left", "stopping", "too-slow", "room-ended"]
"""Why the server ends a connection: ``replaced`` (same person in another tab), ``stopping`` (the server
restarts: come back), ``too-slow`` (the outbox was full: come back)."""

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


class Box(Part, frozen=True):
    """One box of the agenda. ``key`` names its title in the catalogues (``box.<key>``).

    ``seconds`` is planned plus what was added; ``spent_ms`` is what ran before ``Timer.since_ms``.
    """

    key: str
    seconds: int
    spent_ms: int


class Timer(Part, frozen=True):
    """The session's timer. Remaining time of the current box in ms at instant ``now``:

    ``box.seconds * 1000 - box.spent_ms - (now - since_ms if running else 0)``; negative is overtime.
    """

    status: TimerStatus
    index: int
    boxes: tuple[Box, ...]
    since_ms: int | None


class Room(Part, frozen=True):
    """The whole of what a person is shown of a room."""

    id: str
    title: str
    format: str
    guests: tuple[Guest, ...]
    members: tuple[Member, ...]
    timer: Timer
    expires_ms: int


class Slot(Part, frozen=True):
    """What one receiving m-line of this browser's connection carries now.

    ``mid`` is the m-line's ``a=mid`` in this browser's own offer; ``member`` is null while it is empty.
    """

    mid: str
    source: Source
    member: str | None


class MemberQuality(Part, frozen=True):
    """How a member's connection does; ``score`` is the E-model's rating (0 to 93), null while unknown."""

    member: str
    quality: Quality
    score: int | None


class Watched(Part, frozen=True):
    """A picture on a person's screen, ``lines`` device pixels high."""

    member: Annotated[str, Meta(max_length=64)]
    source: PictureSource
    lines: Annotated[int, Meta(ge=0, le=10_000)]


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


# ---------------------------------------------------------------- browser to server


class Join(Wire, tag="join", frozen=True):
    """First message on every connection. The first offer travels in it, so media is ready with the reply.

    ``token`` is the personal link's; ``resume`` is the ``session`` of an earlier ``Joined`` (same tab).
    A join opens the transport; nobody is told and no media flows before ``enter``.
    """

    token: Token
    language: Language = "en"
    offer: Sdp | None = None
    resume: Token | None = None


class Enter(Wire, tag="enter", frozen=True):
    """Steps from the green room into the room. May follow ``join`` at once, without waiting for its reply."""

    name: Name
    microphone: bool
    camera: bool


class Offer(Wire, tag="offer", frozen=True):
    """A further offer of the same connection (more slots, ICE restart) or the first of a new one.

    ``id`` comes back in the ``answer``; ``fresh`` says that the browser made a new RTCPeerConnection.
    """

    id: Count
    sdp: Sdp
    fresh: bool = False


class Media(Wire, tag="media", frozen=True):
    """What this member sends from now on. A source that is off is not forwarded, whatever arrives."""

    microphone: bool | UnsetType = UNSET
    camera: bool | UnsetType = UNSET
    screen: bool | UnsetType = UNSET


class TimerCommand(Wire, tag="timer-command", frozen=True):
    """Drives the timer (mentor only). ``minutes`` belongs to ``add`` and may be 1 to 60."""

    action: TimerAction
    minutes: Annotated[int, Meta(ge=1, le=60)] = 1


class NotesOpen(Wire, tag="notes-open", frozen=True):
    """Asks for the shared notes; the server answers with binary sync step 1, then both sides synchronise."""


class View(Wire, tag="view", frozen=True):
    """What this person looks at, most important first. No other picture need be sent here."""

    tiles: Annotated[tuple[Watched, ...], Meta(max_length=64)]


class Heard(Wire, tag="heard", frozen=True):
    """What this browser made of the speech it got since its last ``heard``: only it can know.

    ``concealed`` is the share (0 to 1) that never came in time and was made up; ``buffer_ms`` is what its
    jitter buffer held.
    """

    concealed: Annotated[float, Meta(ge=0, le=1)]
    buffer_ms: Annotated[int, Meta(ge=0, le=10_000)]


class ProbeLine(Wire, tag="probe", frozen=True):
    """Asks, before ``enter``, what the line carries; this browser sends something meanwhile (2 s)."""


class FiguresWanted(Wire, tag="figures-wanted", frozen=True):
    """Asks for the figures of this browser's own connection, answered by ``figures``."""


class Ping(Wire, tag="ping", frozen=True):
    """Clock and liveness. ``sent`` is the browser's own clock in ms and comes back untouched."""

    sent: float


class Leave(Wire, tag="leave", frozen=True):
    """Leaves for good: the place is given up at once."""


ClientMessage = (
    Join
    | Enter
    | Offer
    | Media
    | TimerCommand
    | NotesOpen
    | View
    | Heard
    | ProbeLine
    | FiguresWanted
    | Ping
    | Leave
)


# ---------------------------------------------------------------- server to browser


class Joined(Wire, tag="joined", frozen=True):
    """The reply to ``join``: who you are, the room as it is, the answer to the offer.

    ``entered`` is true when ``resume`` found you still in the room: no ``enter`` is needed.
    ``media_kept`` is true when the media connection of that earlier session still stands: keep the
    RTCPeerConnection; otherwise, if no offer was sent, send one with ``fresh``.
    ``session`` is a secret to keep for ``resume``. ``slots`` is empty while there is no answer.
    ``video_slots`` is how many receiving video m-lines to offer.
    """

    member: str
    session: str
    entered: bool
    media_kept: bool
    room: Room
    answer: Sdp | None
    slots: tuple[Slot, ...]
    video_slots: int
    now_ms: int


class Entered(Wire, tag="entered", frozen=True):
    """The reply to ``enter``: your own member, as stored and as the others see you."""

    member: Member


class Answer(Wire, tag="answer", frozen=True):
    """The reply to ``offer``."""

    id: int
    sdp: Sdp


class Members(Wire, tag="members", frozen=True):
    """All that is new of who is here since the last of these, everybody once and as they are now.

    ``present`` have come or changed, ``left`` are gone: left, revoked, or lost for longer than their place is
    kept. At most one in 80 ms, so that a crowd that comes together is told of in one breath.
    """

    present: tuple[Member, ...]
    left: tuple[str, ...]
    quality: tuple[MemberQuality, ...]


class TimerChanged(Wire, tag="timer-changed", frozen=True):
    """The timer after a command; already in the store."""

    timer: Timer
    by: str | None
    now_ms: int


class Slots(Wire, tag="slots", frozen=True):
    """All receiving slots of this browser, audio first, in m-line order."""

    slots: tuple[Slot, ...]


class SlotsWanted(Wire, tag="slots-wanted", frozen=True):
    """Please offer this many receiving video m-lines: there is more to see than fits."""

    video: int


class Speaker(Wire, tag="speaker", frozen=True):
    """The loudest member now, null while nobody speaks."""

    member: str | None


class Probed(Wire, tag="probed", frozen=True):
    """The reply to ``probe``, in 2 s or so: null is what could not be known.

    ``down`` and ``up`` are bits a second that came through in a quarter of a second, ``loss`` is the share
    (0 to 1) lost on the way down, ``spent`` the bytes of both ways.
    """

    path: MediaPath | None
    rtt_ms: int | None
    loss: float | None
    jitter_ms: float | None
    down: int | None
    up: int | None
    spent: int


class Figures(Wire, tag="figures", frozen=True):
    """What the relay knows of this browser's connection. Null is what is not known.

    ``up`` and ``down`` are bits/s of media since the figures before; ``estimate`` is what the line down is
    taken to carry, ``allocated`` what is sent of it (null while nothing has shown its limit), ``queue_ms``
    how long packets stand in it. Losses are shares (0 to 1) after repair: of what came here, and of the
    speech that this browser had to make up. ``score`` is the E-model's rating (0 to 93).
    """

    path: MediaPath
    rtt_ms: float | None
    up: int | None
    down: int | None
    loss_up: float | None
    loss_down: float | None
    jitter_up_ms: float
    jitter_down_ms: float
    estimate: int | None
    allocated: int | None
    queue_ms: int
    score: int | None
    sends: tuple[LayerFigures, ...]
    receives: tuple[FeedFigures, ...]


class OwnAdvice(Wire, tag="advice", frozen=True):
    """What this member can do about a connection that is poor; null when it is not any more."""

    advice: Advice | None


class IceServers(Wire, tag="ice-servers", frozen=True):
    """The relays with fresh credentials, for restarts and new connections; after each ``joined``."""

    ice_servers: tuple[IceServer, ...]


class Unheard(Wire, tag="unheard", frozen=True):
    """Nothing has arrived any more from this browser's media connection: find another way (restart ICE)."""


class Saving(Wire, tag="saving", frozen=True):
    """``held`` true: the store can't be reached, what is done now waits. False: all is stored again."""

    held: bool


class NotesSaved(Wire, tag="notes-saved", frozen=True):
    """So many of the note updates that this connection sent are stored (a running count)."""

    count: int


class Pong(Wire, tag="pong", frozen=True):
    """The reply to ``ping``."""

    sent: float
    now_ms: float


class Error(Wire, tag="error", frozen=True):
    """A message was refused. ``about`` is its type, ``field`` the field at fault where there is one."""

    code: ErrorCode
    about: str | None = None
    field: str | None = None


class Bye(Wire, tag="bye", frozen=True):
    """The last message before the server closes the connection."""

    reason: ByeReason


ServerMessage = (
    Joined
    | Entered
    | Answer
    | Members
    | TimerChanged
    | Slots
    | SlotsWanted
    | Speaker
    | OwnAdvice
    | Probed
    | Figures
    | Unheard
    | IceServers
    | Saving
    | NotesSaved
    | Pong
    | Error
    | Bye
)
