"""The pages of programmes, of their people and of the bank in every state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from signaling.parts import Language
from web.views import View
from web.views.form import Fault, Form
from web.views.invitations import CodeLine, InvitationView, InviteView, JoinView, ListedLine, ListView
from web.views.profiles import (
    BankView,
    MentorCard,
    PeopleView,
    PersonLine,
    PersonView,
    ProfilePieceView,
    ProfileView,
    ReasonLine,
)
from web.views.programmes import (
    CohortLine,
    InvitationCard,
    LeaveView,
    NewProgrammeView,
    OverviewView,
    Part,
    ProgrammeCard,
    ProgrammeNav,
    ProgrammesView,
    SettingsView,
    SettingView,
    Step,
    TabLink,
    TemplateChoice,
    TrainingView,
)

AT_MS = 1_793_278_800_000  # 29 October 2026, 13:00 UTC
LANGUAGES = (("en", "English"), ("fr", "Français"))
ZONES = (("Europe", (("Europe/Paris", "Paris"),)), ("America", (("America/Montreal", "Montréal"),)))
KINDS = (("one-to-one", "One to one"), ("micro", "Short"))
TEXT = "## A heading\n\nSome *words*.\n\n- one\n- two"


def form(*faults: Fault, **values: str | tuple[str, ...]) -> Form:
    return Form(
        values={name: (each,) if isinstance(each, str) else each for name, each in values.items()},
        once="o" * 22,
        version=3,
        faults=faults,
    )


def nav(name: str, current: str = "") -> ProgrammeNav:
    tabs = ("overview", "bank", "profile", "people", "settings")
    return ProgrammeNav(
        id="p1",
        name=name,
        tabs=tuple(TabLink(key=each, path=f"/p/p1/{each}", current=each == current) for each in tabs),
    )


CARDS = (
    ProgrammeCard(id="p1", name="Femmes & sciences", summary="Six months.", roles=("mentor", "coordinator")),
    ProgrammeCard(id="p2", name="Médecine", summary="", roles=()),
)


def overview(name: str, **changes: Any) -> OverviewView:
    values: dict[str, Any] = {
        "nav": nav(name, "overview"),
        "summary": name,
        "kinds": ("one-to-one", "group"),
        "cadence_days": 14,
        "starts": "2026-09-01",
        "ends": "2027-06-30",
        "partners": (name, "Hôpital Nord"),
        "coordinators": (name,),
        "parts": (Part(role="coordinator"), Part(role="mentee")),
        "steps": (
            Step(key="training", path="/p/p1/training", done=True),
            Step(key="profile", path="/p/p1/profile", done=False),
            Step(key="availability", path="/availability", done=False),
        ),
        "counts": (("mentor", 1), ("mentee", 20), ("coordinator", 2)),
        "waiting": 4,
        "agreement": TEXT,
    }
    return OverviewView(**{**values, **changes})


def mentor(name: str, state: str) -> OverviewView:
    until = AT_MS if state == "paused" else None
    part = Part(role="mentor", state=state, capacity=3, active=1, until_ms=until)
    return overview(name, parts=(part,), steps=(), counts=(), starts="")


def settings(name: str, **changes: Any) -> SettingsView:
    values: dict[str, Any] = {
        "nav": nav(name, "settings"),
        "summary": name,
        "languages": ("English", "Français"),
        "zone": "America/Montreal",
        "kinds": ("one-to-one",),
        "cadence_days": 14,
        "answer_days": 5,
        "starts": "2026-09-01",
        "ends": "",
        "training": TEXT,
        "agreement": TEXT,
        "signatures": True,
        "partners": (name,),
        "cohorts": (CohortLine(id="c1", name=name, starts="2026-09-01", ends=""),),
        "saved": True,
    }
    return SettingsView(**{**values, **changes})


def setting(name: str, part: str, /, *faults: Fault, **values: str | tuple[str, ...]) -> SettingView:
    return SettingView(
        nav=nav(name),
        part=part,
        form=form(*faults, **values),
        kinds=KINDS,
        languages=LANGUAGES,
        zones=ZONES,
        action="/p/p1/settings/about",
    )


def people(name: str, role: str, **changes: Any) -> PeopleView:
    def line(number: int, **fields: Any) -> PersonLine:
        values: dict[str, Any] = {
            "id": f"x{number}",
            "name": name,
            "email": "ada@example.org",
            "role": "mentor",
            "cohort": name if number else "",
            "partner": "",
            "active": 1,
            "capacity": 3,
            "trained": number != 1,
            "paused": number == 2,
        }
        return PersonLine(**{**values, **fields})

    sent = {"invited_ms": AT_MS} if role == "invited" else {}
    values: dict[str, Any] = {
        "nav": nav(name, "people"),
        "role": role,
        "counts": (("mentor", 3), ("mentee", 120), ("coordinator", 1), ("invited", 3)),
        "people": tuple(line(number, **sent) for number in range(3)),
        "page": 1,
        "pages": 3,
        "training": True,
        "invited": 3 if role == "invited" else None,
        "form": form(),
    }
    return PeopleView(**{**values, **changes})


def person(name: str, **changes: Any) -> PersonView:
    values: dict[str, Any] = {
        "nav": nav(name),
        "name": name,
        "roles": ("mentor", "mentee"),
        "headline": name,
        "about": f"{name}\n\nMore.",
        "offers": (name, "Law"),
        "seeks": ("Chess",),
        "languages": ("fr", "en"),
        "meets": ("video", "text"),
        "connection": "metered",
        "zone": "America/Montreal",
        "now_ms": AT_MS,
        "partner": "Hôpital Nord",
        "ask": "/p/p1/requests/new?mentor=x",
        "self": False,
        "email": "",
        "removable": (),
        "remove": "/p/p1/people/x/remove",
        "refused": "",
        "form": form(),
    }
    return PersonView(**{**values, **changes})


def profile(name: str, **changes: Any) -> ProfileView:
    values: dict[str, Any] = {
        "nav": nav(name, "profile"),
        "headline": name,
        "about": name,
        "offers": (name,),
        "seeks": (),
        "languages": ("fr",),
        "meets": ("video", "voice"),
        "connection": "good",
        "zone": "Europe/Paris",
        "windows": 3,
        "mentor": True,
        "capacity": 3,
        "active": 1,
        "kinds": ("micro",),
        "until_ms": None,
        "silent": False,
        "self_path": "/p/p1/people/x",
        "saved": False,
        "form": form(),
    }
    return ProfileView(**{**values, **changes})


def piece(name: str, part: str, /, *faults: Fault, **values: str | tuple[str, ...]) -> ProfilePieceView:
    return ProfilePieceView(
        nav=nav(name),
        part=part,
        form=form(*faults, **values),
        languages=LANGUAGES,
        meets=(("video", "Video"), ("text", "Messages")),
        connections=(("good", "Good"), ("slow", "Slow")),
        kinds=KINDS,
        action=f"/p/p1/profile/{part}",
        mentor=part != "skills",
        mentee=part == "skills",
    )


def bank(name: str, **changes: Any) -> BankView:
    why = (
        ReasonLine(code="seeks", values={"skills": name}),
        ReasonLine(code="offers", values={"skills": "Law"}),
        ReasonLine(code="text", values={}),
        ReasonLine(code="free", values={"count": 3}),
        ReasonLine(code="speaks", values={"language": "French"}),
        ReasonLine(code="room", values={"count": 1}),
    )
    card = MentorCard(id="x", name=name, headline=name, offers=(name, "Law"), partner="", tie="", reasons=why)
    values: dict[str, Any] = {
        "nav": nav(name, "bank"),
        "form": form(q=name, language="fr", together="yes"),
        "languages": LANGUAGES,
        "kinds": KINDS,
        "seeks": (name, "Chess"),
        "cards": (card, replace(card, tie="/m/m1")),
        "total": 30,
        "some": False,
        "page": 1,
        "pages": 3,
        "before": "/p/p1/bank?page=0",
        "after": "/p/p1/bank?page=2",
        "asks": True,
        "known": True,
    }
    return BankView(**{**values, **changes})


def invite(name: str, *faults: Fault) -> InviteView:
    code = {"code": "abc", "url": "https://meet.example/join/abc", "cohort": name, "version": 1}
    return InviteView(
        nav=nav(name),
        form=form(*faults, email=name, role="mentor"),
        cohorts=(("c1", name),),
        partners=(name,),
        codes=(
            CodeLine(**code, role="mentee", open=True),  # type: ignore[arg-type]
            CodeLine(**code, role="mentor", open=False),  # type: ignore[arg-type]
        ),
    )


def listed(name: str, *faults: Fault, **changes: Any) -> ListView:
    values: dict[str, Any] = {
        "nav": nav(name),
        "form": form(*faults, list=name, role="mentee"),
        "rows": (),
        "total": 0,
        "new": 0,
        "there": 0,
        "faults": (),
        "more_faults": 0,
        "most": 500,
    }
    return ListView(**{**values, **changes})


LIST_FAULTS = (
    "formula",
    "email",
    "email-missing",
    "twice",
    "name-too-long",
    "role",
    "cohort",
    "language",
    "empty",
    "too-many",
)


def join(name: str, **changes: Any) -> JoinView:
    values: dict[str, Any] = {
        "code": "abc",
        "id": "p1",
        "programme": name,
        "summary": name,
        "role": "mentee",
        "open": True,
        "there": False,
        "known": False,
        "sent": False,
        "form": form(name=name),
    }
    return JoinView(**{**values, **changes})


def fault(field: str, code: str, **values: str | int) -> Fault:
    return Fault(field=field, code=code, values=values)


ASKED = (InvitationCard(id="i1", programme="Médecine", role="mentor", by="Claire"),)
TEMPLATES = (
    TemplateChoice(key="university", name="University", purpose="A year.", kinds=("group",), months=9),
    TemplateChoice(key="community", name="Community", purpose="Open.", kinds=("micro",), months=None),
)

PAGES: dict[str, Callable[[str, Language], View]] = {
    "programmes": lambda name, language: ProgrammesView(programmes=CARDS, invitations=ASKED, may_make=True),
    "programmes-none": lambda name, language: ProgrammesView(programmes=(), invitations=(), may_make=False),
    "programme-new": lambda name, language: NewProgrammeView(
        form=form(fault("name", "missing"), fault("starts", "date"), fault("languages", "choose"), name=name),
        templates=TEMPLATES,
        languages=LANGUAGES,
        zones=ZONES,
    ),
    "programme": lambda name, language: overview(name),
    **{
        f"programme-{state}": lambda name, language, state=state: mentor(name, state)  # type: ignore[misc]
        for state in ("offered", "paused", "full", "silent", "untrained")
    },
    "settings": lambda name, language: settings(name),
    "settings-bare": lambda name, language: settings(
        name, starts="", training="", agreement="", partners=(), cohorts=(), signatures=False, saved=False
    ),
    "setting-about": lambda name, language: setting(
        name,
        "about",
        fault("zone", "zone"),
        fault("", "changed-meanwhile"),
        name=name,
        summary=name,
        zone=name,
    ),
    "setting-dates": lambda name, language: setting(name, "dates", fault("ends", "ends-before"), ends=name),
    "setting-ties": lambda name, language: setting(
        name, "ties", fault("cadence_days", "between", least=1, most=30), cadence_days=name, kinds=("micro",)
    ),
    "setting-training": lambda name, language: setting(name, "training", training=name),
    "setting-agreement": lambda name, language: setting(name, "agreement", agreement=name, signatures="yes"),
    "setting-partners": lambda name, language: setting(
        name, "partners", fault("partners", "more-than", most=50), partners=name
    ),
    "cohort": lambda name, language: setting(name, "cohort", name=name),
    "training": lambda name, language: TrainingView(
        nav=nav(name), text=TEXT, done_ms=None, form=form(fault("read", "confirm"))
    ),
    "training-done": lambda name, language: TrainingView(
        nav=nav(name), text=TEXT, done_ms=AT_MS, form=form()
    ),
    "leave": lambda name, language: LeaveView(
        nav=nav(name), roles=(("mentor", "mentor"),), open_ties=2, last_coordinator=True, form=form()
    ),
    "invite": lambda name, language: invite(name),
    "invite-wrong": lambda name, language: invite(name, fault("email", "in-already")),
    "invite-again": lambda name, language: invite(name, fault("email", "invited-already")),
    "list": lambda name, language: listed(name),
    "list-no-table": lambda name, language: listed(name, fault("file", "no-table")),
    "list-wrong": lambda name, language: listed(
        name, faults=tuple((line, code, name) for line, code in enumerate(LIST_FAULTS, 1)), more_faults=2
    ),
    "list-preview": lambda name, language: listed(
        name,
        rows=tuple(
            ListedLine(line=line, email="ada@example.org", name=name, role="mentee", cohort="")
            for line in (1, 2)
        ),
        total=60,
        new=58,
        there=2,
    ),
    "invitation": lambda name, language: InvitationView(
        id="i1", programme=name, summary=name, role="mentor", by=name, form=form(name=name)
    ),
    "invitation-coordinator": lambda name, language: InvitationView(
        id="i1", programme=name, summary="", role="coordinator", by=name, form=form(fault("name", "missing"))
    ),
    "join": lambda name, language: join(name),
    "join-known": lambda name, language: join(name, known=True, role="mentor"),
    "join-sent": lambda name, language: join(name, sent=True),
    "join-there": lambda name, language: join(name, there=True),
    "join-closed": lambda name, language: join(name, open=False),
    "people-mentor": lambda name, language: people(name, "mentor"),
    "people-invited": lambda name, language: people(name, "invited"),
    "people-none": lambda name, language: people(name, "coordinator", people=(), page=0, pages=1),
    "person": lambda name, language: person(name),
    "person-for-coordinators": lambda name, language: person(
        name, ask="", email="ada@example.org", removable=("mentor", "mentee"), refused="ties"
    ),
    "profile": lambda name, language: profile(name),
    "profile-paused": lambda name, language: profile(name, until_ms=AT_MS, saved=True, kinds=()),
    "profile-silent": lambda name, language: profile(name, silent=True, languages=(), about="", headline=""),
    **{
        f"profile-{part}": lambda name, language, part=part: piece(  # type: ignore[misc]
            name, part, about=name, seeks=name, offers=name, languages=("fr",)
        )
        for part in ("about", "skills", "languages", "meeting")
    },
    "profile-room": lambda name, language: piece(
        name, "room", fault("capacity", "between", least=0, most=100), capacity=name
    ),
    "profile-pause": lambda name, language: piece(name, "pause", fault("until", "past"), until="2020-01-01"),
    "bank": lambda name, language: bank(name),
    "bank-some": lambda name, language: bank(name, some=True, total=2, before="", after="", asks=False),
    "bank-none": lambda name, language: bank(name, cards=(), total=0, known=False, seeks=()),
}
