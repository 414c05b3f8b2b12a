"""What a browser says on the WebSocket, one type each; ``messages.py`` has the other direction."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from signaling.parts import (
    Count,
    Language,
    Moderation,
    Name,
    PictureSource,
    Reaction,
    Rung,
    Sdp,
    TimerAction,
    TimerPlace,
    Token,
    VideoCodec,
    Watched,
    Wire,
)


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
    """Drives the timer (whoever leads). ``minutes`` belongs to ``add`` and may be 1 to 60.

    ``seen`` is where the timer stood for whoever pressed: of two who press at once, one is too late.
    """

    action: TimerAction
    minutes: Annotated[int, Meta(ge=1, le=60)] = 1
    seen: TimerPlace | None = None


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


class ChatOpen(Wire, tag="chat-open", frozen=True):
    """Asks for the chat: its last lines, or those before the line at ``before_ms``."""

    before_ms: Count | None = None


class Say(Wire, tag="say", frozen=True):
    """Writes a line to everyone in the same room: at most 4,000 characters. ``key`` is the browser's own and
    comes back.

    ``room`` is where this person thinks to be: a small room's id, or "" for the main room. When they have
    been moved meanwhile the line is refused (``moved``), so that nobody reads it for whom it wasn't meant.
    Null: wherever they are. ``everywhere`` says it in all rooms (facilitators only). ``reply`` is the line
    that it answers.
    """

    text: str
    key: Annotated[str, Meta(max_length=32)]
    room: Annotated[str, Meta(max_length=64)] | None = None
    everywhere: bool = False
    reply: Annotated[str, Meta(max_length=64)] | None = None


class Typing(Wire, tag="typing", frozen=True):
    """This member is writing a line."""


class NotesOpen(Wire, tag="notes-open", frozen=True):
    """Asks for the shared notes; the server answers with binary sync step 1, then both sides synchronise.

    ``room`` is the small room whose notes they are, "" for the main room. Only where this person is: anything
    else is passed over, for they have just been moved and are about to be told.
    """

    room: Annotated[str, Meta(max_length=64)] = ""


class View(Wire, tag="view", frozen=True):
    """What this person looks at, most important first. No other picture need be sent here."""

    tiles: Annotated[tuple[Watched, ...], Meta(max_length=64)]


class Capture(Wire, tag="capture", frozen=True):
    """What this browser can send of a picture now: ``lines`` is the short side of what is captured,
    ``layers`` how many sizes of it at once (``q``; ``q``, ``h``; ``q``, ``h``, ``f``), ``codecs`` what it can
    be asked to encode, best first for a large picture; empty where it can't be asked.
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
