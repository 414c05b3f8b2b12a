"""A letter that is to be sent: whom it is for and what it says, before it has words in a language."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from server.mentoring.people import PersonId
from signaling.parts import Language

Topic = Literal["account", "messages", "sessions", "programme"]
"""What a letter is about."""

OPTIONAL_TOPICS: Final[tuple[Topic, ...]] = ("messages", "sessions", "programme")
"""What a person can unsubscribe from; letters about the account always come."""


class Detail(Struct, frozen=True, kw_only=True):
    """One line of facts under the text: ``label`` is a key of the catalogues.

    An instant (``at_ms``) is written in the reader's zone, and in ``zone`` too where it differs.
    """

    label: str
    text: str = ""
    at_ms: int | None = None
    zone: str = ""


class Letter(Struct, frozen=True, kw_only=True):
    """One e-mail. ``kind`` chooses the words: ``mail.<kind>.subject``, ``.text`` and, with ``path``,
    ``.action``.

    ``to`` is a person, whose address, language and zone are read when it is sent. ``values`` fill
    placeholders. ``path`` is a path of this site, where its button leads. ``quote`` is text that somebody
    wrote, shown as such. ``calendar`` is a whole iCalendar object with its ``method`` (RFC 5546).
    ``document`` is Markdown that goes along, in the letter and as a file, in the reader's words already.
    ``address`` (with ``name`` and ``language``) is somebody without an account, in place of ``to``.
    ``reply_to`` names a conversation that an answer by e-mail goes to. With ``sign_in_ms`` the button signs
    in whom the letter is for, once and for so long after it was sent, and leads to ``path`` then. ``id`` is
    random and is sent once.
    """

    id: str
    to: PersonId
    kind: str
    topic: Topic
    at_ms: int
    values: dict[str, str | int] = {}
    path: str = ""
    details: tuple[Detail, ...] = ()
    quote: str = ""
    calendar: str = ""
    method: str = ""
    reply_to: str = ""
    sign_in_ms: int = 0
    document: str = ""
    address: str = ""
    name: str = ""
    language: Language = "en"
