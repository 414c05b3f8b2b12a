"""The conversation of a mentorship, and what of it stands on other pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form
from web.views.home import HomePart
from web.views.timeline import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file beside a message; ``size`` in bytes."""

    name: str
    size: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """How a message begins that is answered, and where it stands. ``name`` "" is somebody who is gone."""

    id: str
    name: str
    mine: bool
    text: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """One message; ``name`` "" is somebody who is gone. ``first_new``: what follows was not read before.

    ``reply_path`` leads to where it can be answered, "" where nobody writes any more.
    """

    id: str
    name: str
    mine: bool
    text: str
    at_ms: int
    by_mail: bool = False
    new_day: bool = False
    first_new: bool = False
    files: tuple[FileLine, ...] = ()
    quote: Quoted | None = None
    reply_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView(View):
    """``GET /m/<mentorship>/messages``. The form posts ``text`` and ``files``.

    ``older_ms`` leads to the page before, None when there is none; ``past`` is a page that is not the last;
    ``waits``: nobody has accepted the mentorship yet; ``answers`` is what the message in the form answers.
    """

    template: ClassVar[str] = "messages/conversation.html"

    mentorship: str
    title: str
    lines: tuple[MessageLine, ...]
    form: Form
    may_write: bool
    waits: bool
    older_ms: int | None
    newest_ms: int
    past: bool
    most: int
    answers: Quoted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessagesView(View):
    """What came while the page was open: list items, to be put at its end."""

    template: ClassVar[str] = "messages/new.html"

    lines: tuple[MessageLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadLine:
    """A conversation with something unread in it."""

    name: str
    count: int
    since_ms: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadPart(HomePart):
    """What is unread, on the home page."""

    template: ClassVar[str] = "messages/home-part.html"

    lines: tuple[UnreadLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesEntry(Entry):
    """The messages of one day on the timeline: how many, by whom, and how the last one begins."""

    template: ClassVar[str] = "messages/entry.html"

    names: tuple[str, ...]
    count: int
    excerpt: str
    path: str
