"""Every message that crosses the WebSocket, one type each. ``PROTOCOL.md`` says when each is sent.

Wire form: one JSON object a text frame, told apart by its ``type``. Binary frames carry the notes
(y-protocols, see ``PROTOCOL.md``). Instants are ``*_ms``: integer milliseconds since the Unix epoch
by the server's clock; spans are ``*_ms`` or ``seconds``.
"""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from signaling.agenda import AgendaEdit as AgendaEdit
from signaling.apart import (
    ApartCommand as ApartCommand,
)
from signaling.apart import (
    AskHelp as AskHelp,
)
from signaling.apart import (
    Rotate as Rotate,
)
from signaling.apart import (
    SmallNotesWanted as SmallNotesWanted,
)
from signaling.apart import (
    Split as Split,
)
from signaling.captions import CaptionAnswer, CaptionRequest
from signaling.parts import (
    Advice,
    Apart,
    ByeReason,
    ChatLine,
    Encoding,
    ErrorCode,
    FeedFigures,
    Floor,
    IceServer,
    LayerFigures,
    MediaPath,
    Member,
    MemberQuality,
    PauseReason,
    Reaction,
    Room,
    Rung,
    Sdp,
    Slot,
    SmallNote,
    Source,
    SpeechEncoding,
    Spoken,
    Timer,
    Wire,
)
from signaling.pointers import PointerAnswer, PointerRequest
from signaling.polls import PollAnswer, PollRequest
from signaling.requests import (
    BudgetWanted as BudgetWanted,
)
from signaling.requests import (
    Capture as Capture,
)
from signaling.requests import (
    ChatOpen as ChatOpen,
)
from signaling.requests import (
    Enter as Enter,
)
from signaling.requests import (
    FiguresWanted as FiguresWanted,
)
from signaling.requests import (
    Hand as Hand,
)
from signaling.requests import (
    Heard as Heard,
)
from signaling.requests import (
    Join as Join,
)
from signaling.requests import (
    Leave as Leave,
)
from signaling.requests import (
    Media as Media,
)
from signaling.requests import (
    Moderate as Moderate,
)
from signaling.requests import (
    NotesOpen as NotesOpen,
)
from signaling.requests import (
    Offer as Offer,
)
from signaling.requests import (
    Pin as Pin,
)
from signaling.requests import (
    Ping as Ping,
)
from signaling.requests import (
    ProbeLine as ProbeLine,
)
from signaling.requests import (
    React as React,
)
from signaling.requests import (
    Say as Say,
)
from signaling.requests import (
    TimerCommand as TimerCommand,
)
from signaling.requests import (
    Typing as Typing,
)
from signaling.requests import (
    Uplink as Uplink,
)
from signaling.requests import (
    View as View,
)
from signaling.visits import QueueAnswer, QueueRequest

ClientMessage = (
    Join
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
    | PollRequest
    | PointerRequest
    | CaptionRequest
    | QueueRequest
)


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


class ApartChanged(Wire, tag="apart", frozen=True):
    """The small rooms after a change, null when everybody is together again; already in the store.

    At most one in 80 ms, the same bytes for all: each finds the room that they are in by their own id.
    """

    apart: Apart | None
    now_ms: int


class SmallNotes(Wire, tag="small-notes", frozen=True):
    """The reply to ``small-notes-wanted``: small rooms in which something was written, the first first."""

    notes: tuple[SmallNote, ...]


class Reacted(Wire, tag="reacted", frozen=True):
    """A member's reaction, to be shown for a moment; nothing is kept of it."""

    member: str
    reaction: Reaction


class Waiting(Wire, tag="waiting", frozen=True):
    """The reply to ``enter`` while the room has a lobby:

    wait for ``entered``, or ``bye`` with ``refused``.
    """


class LookingOn(Wire, tag="looking-on", frozen=True):
    """Whose links watch by a player (WHEP) now, without being members: nobody looks on unseen."""

    guests: tuple[str, ...]


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


class ChatLines(Wire, tag="chat-lines", frozen=True):
    """The reply to ``chat-open``: lines, the oldest first, and whether there are earlier ones."""

    lines: tuple[ChatLine, ...]
    more: bool


class Said(Wire, tag="said", frozen=True):
    """A line of the chat; already in the store. ``key`` is its writer's own name for it, for them alone."""

    line: ChatLine
    key: str | None = None


class Types(Wire, tag="types", frozen=True):
    """A member is writing a line. Nothing is kept of it."""

    member: str


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
    | Error
    | Bye
    | PollAnswer
    | PointerAnswer
    | CaptionAnswer
    | QueueAnswer
)
