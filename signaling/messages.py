"""Every message that crosses the WebSocket, one type each. ``PROTOCOL.md`` says when each is sent.

Wire form: one JSON object a text frame, told apart by its ``type``. Binary frames carry the notes
(y-protocols, see ``PROTOCOL.md``). Instants are ``*_ms``: integer milliseconds since the Unix epoch
by the server's clock; spans are ``*_ms`` or ``seconds``.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from signaling.parts import (
    Advice,
    ByeReason,
    Count,
    Encoding,
    ErrorCode,
    FeedFigures,
    Floor,
    IceServer,
    Language,
    LayerFigures,
    MediaPath,
    Member,
    MemberQuality,
    Moderation,
    Name,
    PauseReason,
    PictureSource,
    Reaction,
    Room,
    Rung,
    Sdp,
    Slot,
    Source,
    SpeechEncoding,
    Spoken,
    Timer,
    TimerAction,
    Token,
    VideoCodec,
    Watched,
    Wire,
)

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


class Hand(Wire, tag="hand", frozen=True):
    """Raises this member's hand, or lowers it."""

    raised: bool


class React(Wire, tag="react", frozen=True):
    """Shows a reaction to everyone for a moment."""

    reaction: Reaction


class Moderate(Wire, tag="moderate", frozen=True):
    """Facilitators only. ``member`` is whom it is about; the actions about the whole room have none."""

    action: Moderation
    member: Annotated[str, Meta(max_length=64)] | None = None


class NotesOpen(Wire, tag="notes-open", frozen=True):
    """Asks for the shared notes; the server answers with binary sync step 1, then both sides synchronise."""


class View(Wire, tag="view", frozen=True):
    """What this person looks at, most important first. No other picture need be sent here."""

    tiles: Annotated[tuple[Watched, ...], Meta(max_length=64)]


class Capture(Wire, tag="capture", frozen=True):
    """What this browser can send of a picture now: ``lines`` is the short side of what is captured,
    ``layers`` how many sizes of it at once (``q``; ``q``, ``h``; ``q``, ``h``, ``f``), ``codecs`` what it can
    be asked to encode and its device bears, best first; empty where it can't be asked.
    """

    source: PictureSource
    lines: Annotated[int, Meta(ge=1, le=10_000)]
    layers: Annotated[int, Meta(ge=1, le=3)]
    codecs: Annotated[tuple[VideoCodec, ...], Meta(max_length=4)] = ()


class Pin(Wire, tag="pin", frozen=True):
    """The best rung that this person wants to be given, null for whatever the line carries."""

    rung: Rung | None


class BudgetWanted(Wire, tag="budget", frozen=True):
    """How much data this person's call may take in this session, both ways together; null for no bound."""

    megabytes: Annotated[int, Meta(ge=1, le=100_000)] | None


class Uplink(Wire, tag="uplink", frozen=True):
    """What this browser's own estimate says that it can send, in bits/s with everything."""

    available: Annotated[int, Meta(ge=0, le=10_000_000_000)]


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
    | Hand
    | React
    | Moderate
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


class FloorChanged(Wire, tag="floor", frozen=True):
    """Who wants to speak and who may come in, after a change; already in the store. ``by`` made it."""

    floor: Floor
    by: str | None


class Reacted(Wire, tag="reacted", frozen=True):
    """A member's reaction, to be shown for a moment; nothing is kept of it."""

    member: str
    reaction: Reaction


class Waiting(Wire, tag="waiting", frozen=True):
    """The reply to ``enter`` while the room has a lobby:

    wait for ``entered``, or ``bye`` with ``refused``.
    """


class Silenced(Wire, tag="silenced", frozen=True):
    """A facilitator has switched this member's ``source`` off; the member may switch it on again."""

    source: Source
    by: str


class Slots(Wire, tag="slots", frozen=True):
    """All receiving slots of this browser, audio first, in m-line order."""

    slots: tuple[Slot, ...]


class SlotsWanted(Wire, tag="slots-wanted", frozen=True):
    """Please offer this many receiving video m-lines: there is more to see than fits."""

    video: int


class Encodings(Wire, tag="encodings", frozen=True):
    """What of this member is looked at, and what of it lines carry: send so from now on, and no more.

    A part that is absent stays as it was.
    """

    camera: tuple[Encoding, ...] | UnsetType = UNSET
    screen: tuple[Encoding, ...] | UnsetType = UNSET
    microphone: SpeechEncoding | UnsetType = UNSET


class LadderNow(Wire, tag="ladder", frozen=True):
    """The rung that this member's call is on, the one they have pinned, and why it is no better."""

    rung: Rung
    pinned: Rung | None
    reason: PauseReason | None


class Usage(Wire, tag="usage", frozen=True):
    """Bytes of this member's call in this session, with all headers, and its budget; a bound of null is none.

    ``sent`` is what came from this browser, ``received`` what went to it, ``per_hour`` the rate of both now.
    ``seconds`` is how long the budget has to last.
    """

    sent: int
    received: int
    budget: int | None
    per_hour: int
    seconds: int


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


class Talk(Wire, tag="talk", frozen=True):
    """How long members have spoken so far: those for whom that has changed, everybody after ``joined``."""

    spoken: tuple[Spoken, ...]


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
    | FloorChanged
    | Reacted
    | Waiting
    | Silenced
    | Slots
    | SlotsWanted
    | Encodings
    | LadderNow
    | Usage
    | Speaker
    | Talk
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
