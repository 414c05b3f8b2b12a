"""Every page in every state, for tests that draw them all."""

from __future__ import annotations

from collections.abc import Callable

from signaling.parts import Guest, Language
from tests.web import (
    samples_accounts,
    samples_care,
    samples_coordination,
    samples_formats,
    samples_matching,
    samples_messages,
    samples_programmes,
    samples_recap,
    samples_scheduling,
    samples_ties,
)
from web.views import (
    Account,
    Bootstrap,
    BootstrapRoom,
    BoxLine,
    Chrome,
    DesignView,
    ErrorView,
    FormatChoice,
    LandingView,
    LinksView,
    OfflineView,
    PersonLink,
    PersonRow,
    RoomView,
    StartError,
    StartView,
    View,
)
from web.views.boxes import BoxRow
from web.views.form import Fault, Form

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}</textarea>&amp;"
"""A name that breaks out of whatever does not escape it."""

EXPIRES_MS = 1_793_278_800_000  # 29 October 2026, 13:00 UTC

FORMATS = (
    FormatChoice(key="open", minutes=60, boxes=(BoxLine(key="conversation", minutes=60),)),
    FormatChoice(
        key="quick-30",
        minutes=30,
        boxes=(
            BoxLine(key="check-in", minutes=5),
            BoxLine(key="topic", minutes=15),
            BoxLine(key="next-steps", minutes=10),
        ),
    ),
    *(
        FormatChoice(
            key=f"grow-{sum(minutes)}",
            minutes=sum(minutes),
            boxes=tuple(
                BoxLine(key=key, minutes=each)
                for key, each in zip(
                    ("past-actions", "goal", "reality", "options", "will"), minutes, strict=True
                )
            ),
        )
        for minutes in ((5, 5, 15, 10, 10), (5, 10, 15, 20, 10))
    ),
)


def start(**changes: object) -> StartView:
    """The start form, fresh unless told otherwise."""
    return StartView(**{"formats": FORMATS, "chosen": "quick-30", **changes})  # type: ignore[arg-type]


def start_with_errors(name: str) -> StartView:
    """The start form with one error of every kind of place."""
    return start(
        chosen="",
        minutes="soon",
        people=(
            PersonRow(name="", role="mentee"),
            PersonRow(name=name, role="mentee"),
            PersonRow(name=name, role="mentee"),
        ),
        errors=(
            StartError(code="format-missing", field="format"),
            StartError(code="minutes-wrong", field="minutes", values={"least": 5, "most": 480}),
            StartError(code="mentor-missing", field="people"),
            StartError(code="name-missing", row=0),
            StartError(code="name-twice", row=2, values={"name": name}),
        ),
    )


def start_with_agenda(name: str) -> StartView:
    """The start form while somebody changes the format's boxes, one of them wrongly."""
    values = {"least": 1, "most": 240}
    return start(
        boxes=(
            BoxRow(title="Check-in", minutes="5", of="b0"),
            BoxRow(title=name, minutes="soon", of="b1"),
            BoxRow(title="", minutes="10"),
        ),
        boxes_form=Form(values={}, once="", faults=(Fault(field="minutes-1", code="number", values=values),)),
        errors=(StartError(code="box-number", box="minutes-1", values=values),),
    )


def links(name: str, **changes: object) -> LinksView:
    """A links page with a link in each state."""
    people = (
        PersonLink(
            id="g1",
            name="Amina Traoré",
            role="mentor",
            url="https://meet.example/j/eyJyIjoiMSJ9.abc",
            state="works",
        ),
        PersonLink(id="g2", name=name, role="mentee", url=f"https://meet.example/j/{name}", state="works"),
        PersonLink(id="g3", name=name, role="mentee", url="https://meet.example/j/3", state="revoked"),
        PersonLink(id="g4", name="Noé", role="mentee", url="https://meet.example/j/4", state="expired"),
    )
    values = {
        "token": "tok.en",
        "format": "grow-60",
        "minutes": 60,
        "people": people,
        "expires_ms": EXPIRES_MS,
    }
    return LinksView(**{**values, **changes})  # type: ignore[arg-type]


def room(name: str, language: Language) -> RoomView:
    """The room's shell."""
    me = Guest(id="g1", name=name, role="mentor")
    return RoomView(
        bootstrap=Bootstrap(
            token="tok.en",
            language=language,
            room=BootstrapRoom(
                title=name,
                format="open",
                minutes=45,
                guests=(me, Guest(id="g2", name="Paul", role="mentee")),
                expires_ms=EXPIRES_MS,
            ),
            me=me,
            video_slots=2,
            notes_url="/j/tok.en/notes.md",
            bytes_per_hour={"720p": 1_580_000_000},
        )
    )


def chrome(name: str, language: Language, person: str, path: str = "/") -> Chrome:
    """What stands around a page of ``PAGES``: the home page greets whoever is signed in."""
    known = Account(name=person, zone="Europe/Paris") if name.endswith("-home") else None
    return Chrome(language=language, path=path, person=known)


PAGES: dict[str, Callable[[str, Language], View]] = {
    "landing": lambda name, language: LandingView(),
    "start": lambda name, language: start(),
    "start-errors": lambda name, language: start_with_errors(name),
    "start-agenda": lambda name, language: start_with_agenda(name),
    "links-created": lambda name, language: links(name, done="created"),
    "links-revoked": lambda name, language: links(name, done="revoked", done_id="g3"),
    "links-ended": lambda name, language: links(name, ended=True),
    "room": room,
    "error-revoked": lambda name, language: ErrorView(status=403, code="link-revoked"),
    "error-server": lambda name, language: ErrorView(status=500, code="server-error", retry=True),
    "offline": lambda name, language: OfflineView(),
    "design": lambda name, language: DesignView(),
    **samples_accounts.PAGES,
    **samples_messages.PAGES,
    **samples_coordination.PAGES,
    **samples_matching.PAGES,
    **samples_ties.PAGES,
    **samples_care.PAGES,
    **samples_formats.PAGES,
    **samples_programmes.PAGES,
    **samples_scheduling.PAGES,
    **samples_recap.PAGES,
}
"""Page by name, made with a person's name and a language."""
