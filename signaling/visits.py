"""Office hours: what a browser says about the queue, and what it is told of its place in it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.parts import Part, Wire

QueueAction = Literal["next", "end", "call", "put-back", "dismiss", "close", "open"]
"""What a mentor can do about the queue: the next visitor in, the visit over, somebody in out of turn, the
visitor back into the queue, somebody away, and whether anybody new is taken."""


class QueueAbout(Wire, tag="queue-about", frozen=True):
    """What this visitor comes for, in a line. The mentor sees it in the queue."""

    text: Annotated[str, Meta(max_length=200)]


class QueuePass(Wire, tag="queue-pass", frozen=True):
    """This visitor lets the one behind them go first."""


class QueueCommand(Wire, tag="queue-command", frozen=True):
    """Drives the queue (mentor only). ``member`` belongs to ``call`` and ``dismiss``."""

    action: QueueAction
    member: Annotated[str, Meta(max_length=64)] | None = None


class QueuePlace(Wire, tag="queue-place", frozen=True):
    """To a visitor who waits, when one of these changes.

    ``place`` 1 is next. ``minutes`` is how long it will be, about; null while no mentor is here. ``behind``:
    somebody could be let go first. ``closed``: nobody new is taken. ``about`` is what they come for.
    """

    place: int
    minutes: int | None
    behind: bool
    closed: bool
    about: str


class QueueVisitor(Part, frozen=True):
    """Somebody in the queue since ``since_ms``, or visiting since then; ``here`` is false while their
    connection is lost and their place is kept (2 min).
    """

    id: str
    name: str
    about: str
    since_ms: int
    here: bool


class QueueChanged(Wire, tag="queue", frozen=True):
    """To mentors: the queue after a change that is already stored.

    ``line`` is its beginning (the first thirty), ``count`` how many wait in all. ``visit`` is who is in now.
    ``done`` is how many visits there were, ``average_s`` how long they took, null before there was one.
    """

    line: tuple[QueueVisitor, ...]
    count: int
    visit: QueueVisitor | None
    closed: bool
    done: int
    average_s: int | None


QueueRequest = QueueAbout | QueuePass | QueueCommand
QueueAnswer = QueuePlace | QueueChanged
