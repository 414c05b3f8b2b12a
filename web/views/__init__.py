"""What each page needs to be drawn: one frozen dataclass a page, filled by ``server/pages``.

Pages of accounts, programmes and so on have modules of their own here.

Every text in them that a person typed is plain text: templates escape it. ``Renderer.render`` draws them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_of
from typing import ClassVar, Literal

from signaling.parts import Guest, IceServer, Language, Role, Rung
from web.views.boxes import BoxRow
from web.views.form import Form

StartField = Literal["format", "minutes", "people"]
"""A part of the start form that can be at fault as a whole; a person's row is named by ``row`` instead."""

StartErrorCode = Literal[
    "format-missing",
    "minutes-wrong",
    "people-too-few",
    "people-too-many",
    "mentor-missing",
    "name-missing",
    "name-too-long",
    "name-twice",
    "role-unknown",
    "box-missing",
    "box-too-long",
    "box-number",
    "box-other",
    "box-total",
]
"""Each has one sentence in ``pages.json`` under ``start.error.<code>``."""

LinkState = Literal["works", "revoked", "expired"]

LinksDone = Literal["created", "revoked", "restored", "renewed"]
"""What a person has just done on the links page: told once at its top. ``revoked`` offers to undo."""

PageErrorCode = Literal[
    "not-found",
    "bad-request",
    "foreign-origin",
    "too-large",
    "too-many-requests",
    "changed-meanwhile",
    "link-invalid",
    "link-expired",
    "link-revoked",
    "room-ended",
    "room-full",
    "server-full",
    "store-unavailable",
    "server-error",
]
"""Each has a title and a text in ``pages.json`` under ``page-error.<code>.title`` and ``.text``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who is signed in: what to call them, and the IANA name of the zone in which they read times."""

    name: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What surrounds every page.

    ``path`` is where the language form comes back to: this page's own path and query, beginning with "/".
    ``person`` is None for whoever is not signed in.
    """

    language: Language
    path: str
    person: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The base of every page's context; ``template`` is its file under ``web/templates``."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingView(View):
    """``GET /``: what this is and one button."""

    template: ClassVar[str] = "landing.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLine:
    """One box of a format, for its card. ``key`` names its title in ``common.json`` (``box.<key>``)."""

    key: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatChoice:
    """A session format: ``format.<key>.title`` and ``format.<key>.summary`` in ``common.json``."""

    key: str
    minutes: int
    boxes: tuple[BoxLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One row of "who comes", as typed. A row without a name is left out by the server."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class StartError:
    """One thing to put right, in ``field``, in ``row`` (from 0) or in ``line`` of the list (from 1).

    ``values`` fills the placeholders of the sentence: ``minutes-wrong`` needs ``least`` and ``most``,
    ``people-too-many`` needs ``most``, ``name-too-long`` needs ``most``, ``name-twice`` needs ``name``.
    """

    code: StartErrorCode
    field: StartField | None = None
    box: str = ""
    """The input of the agenda that it is about."""
    row: int | None = None
    line: int | None = None
    values: Mapping[str, str | int] = made_of(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartView(View):
    """``GET /start`` and a ``POST /start`` with something to put right.

    The form posts ``format``, ``minutes`` (empty: the format's own) and, repeated in the same order, ``name``
    and ``role``; and ``list``, people one a line. ``minutes`` and ``list`` are as typed. Rows stay where they
    were, so that ``StartError.row`` finds them; blank ones at the end wait out of sight, up to ``most_rows``.
    """

    template: ClassVar[str] = "start.html"

    formats: tuple[FormatChoice, ...]
    chosen: str
    minutes: str = ""
    people: tuple[PersonRow, ...] = (
        PersonRow(name="", role="mentor"),
        PersonRow(name="", role="mentee"),
    )
    list: str = ""
    boxes: tuple[BoxRow, ...] = ()
    """The chosen format's boxes while somebody changes them; none: it is taken as it is."""
    boxes_form: Form | None = None
    errors: tuple[StartError, ...] = ()
    least_minutes: int = 5
    most_minutes: int = 240
    most_rows: int = 8
    most_people: int = 100
    most_name: int = 80

    @property
    def rows(self) -> int:
        """How many rows to show: all that hold a name, and those before them; two at least."""
        filled = [place for place, person in enumerate(self.people, start=1) if person.name.strip()]
        return max([2, *filled])


_most_codes = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLink:
    """One person's link. ``url`` is absolute: it is copied, mailed and drawn as a QR code."""

    id: str
    name: str
    role: Role
    url: str
    state: LinkState


@dataclass(frozen=True, slots=True, kw_only=True)
class WorryLine:
    """What somebody said in the room that worries them, for whoever made the session alone."""

    name: str
    text: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksView(View):
    """``GET /s/<token>``: one personal link each.

    The page posts to ``/s/<token>/guests/<id>/revoke``, ``…/restore`` and ``…/renew`` (a new link; the old
    one stops working). ``done`` and ``done_id`` tell what has just happened, to whom.
    """

    template: ClassVar[str] = "links.html"

    token: str
    format: str
    minutes: int
    people: tuple[PersonLink, ...]
    expires_ms: int
    ended: bool = False
    done: LinksDone | None = None
    done_id: str | None = None
    worries: tuple[WorryLine, ...] = ()

    @property
    def works(self) -> tuple[PersonLink, ...]:
        """The links that open the room."""
        return tuple(person for person in self.people if person.state == "works")

    @property
    def works_text(self) -> str:
        """All links that work as text, a name and its link a line: what is copied and downloaded."""
        return "".join(f"{person.name}: {person.url}\n" for person in self.works)

    @property
    def many(self) -> bool:
        """Whether QR codes (5 kB each) are fetched when looked at, instead of coming with the page."""
        return len(self.people) > _most_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapRoom:
    """What the client knows of the room before it has joined."""

    title: str
    format: str
    minutes: int
    guests: tuple[Guest, ...]
    expires_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """The JSON in the room page, field for field. ``strings`` is filled in by the template's renderer.

    ``after_url`` is the page of the appointment that the room belongs to, "" for none.
    """

    token: str
    language: Language
    room: BootstrapRoom
    me: Guest
    video_slots: int
    notes_url: str
    after_url: str = ""
    ice_servers: tuple[IceServer, ...] = ()
    bytes_per_hour: Mapping[Rung, int]
    ws: str = "/ws"
    limits: Mapping[str, int] = made_of(default_factory=lambda: {"name": 80})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomView(View):
    """``GET /j/<token>``: the shell that the client fills (green room and room)."""

    template: ClassVar[str] = "room.html"

    bootstrap: Bootstrap


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView(View):
    """Any page that can't be shown; ``status`` is the HTTP status and is only printed small.

    ``retry`` offers this page's own path again (after a wait, a full server, a fault of ours).
    """

    template: ClassVar[str] = "error.html"

    status: int
    code: PageErrorCode
    retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineView(View):
    """``GET /offline``: what a browser shows by itself when no page can be fetched."""

    template: ClassVar[str] = "offline.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignView(View):
    """``GET /design``: every component, in both themes; the language is the page's own."""

    template: ClassVar[str] = "design.html"
