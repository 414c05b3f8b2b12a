"""What the pages need by which people come into a programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form
from web.views.programmes import Choices, ProgrammePage


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """A code of a programme; ``url`` is its whole address."""

    code: str
    url: str
    role: str
    cohort: str
    open: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteView(ProgrammePage):
    """``GET /p/{programme}/invite``. Fields: email, name, role, cohort, partner."""

    template: ClassVar[str] = "programmes/invite.html"

    form: Form
    cohorts: Choices
    partners: tuple[str, ...]
    codes: tuple[CodeLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLine:
    """One person of a list, as understood."""

    line: int
    email: str
    name: str
    role: str
    cohort: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView(ProgrammePage):
    """``GET /p/{programme}/invite/list``: a list, looked at before anybody is asked.

    ``total`` people stand in it, ``rows`` are the first of them; ``new`` will get a letter, ``there`` are in
    the programme or asked already. ``faults``: line, code (``list.<code>``) and what stands there.
    """

    template: ClassVar[str] = "programmes/list_of_people.html"

    form: Form
    rows: tuple[ListedLine, ...]
    total: int
    new: int
    there: int
    faults: tuple[tuple[int, str, str], ...]
    more_faults: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView(View):
    """``GET /i/{invitation}``: accept or decline. The form holds the reader's name."""

    template: ClassVar[str] = "programmes/invitation.html"

    id: str
    programme: str
    summary: str
    role: str
    by: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinView(View):
    """``GET /join/{code}``. The form holds a name and, unless the reader is ``known``, an address.

    ``there`` is whether the reader takes part already, ``sent`` whether a letter is on its way.
    """

    template: ClassVar[str] = "programmes/join.html"

    code: str
    id: str
    programme: str
    summary: str
    role: str
    open: bool
    there: bool
    known: bool
    sent: bool
    form: Form
