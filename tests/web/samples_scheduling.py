"""The pages of time in every state."""

from __future__ import annotations

from collections.abc import Callable

from signaling.parts import Language, Words
from tests.web.samples_recap import part
from web.views import View
from web.views.boxes import BoxRow
from web.views.form import Fault, Form
from web.views.scheduling import (
    ActionRow,
    Attendee,
    AvailabilityView,
    Exceptional,
    Line,
    Meeting,
    Other,
    SessionsView,
    SessionView,
    Shared,
    SlotDay,
    TimeView,
    WrapUpView,
)

AT_MS = 1_793_109_600_000  # 27 October 2026, 14:00 UTC
HOUR_MS = 3_600_000
ONCE = "o" * 22


def form(*faults: Fault, **values: str) -> Form:
    """A form with what stands in its fields; a dash of a field's name is written "_"."""
    kept = {name.replace("_", "-"): (value,) for name, value in values.items()}
    return Form(values=kept, once=ONCE, version=3, faults=faults)


def others(name: str) -> tuple[Other, ...]:
    """Whoever has other clocks."""
    return (Other(name=name, zone="America/Montreal"),)


def meeting(state: str = "confirmed", **changes: object) -> Meeting:
    """A session."""
    values = {"id": "s1", "state": state, "starts_ms": AT_MS, "minutes": 60, "format": "grow-60"}
    return Meeting(**{**values, **changes})  # type: ignore[arg-type]


def availability(name: str, *faults: Fault, **values: str) -> AvailabilityView:
    """A week with exceptions."""
    return AvailabilityView(
        form=form(*faults, zone="Europe/Paris", from_0_0="09:00", to_0_0="12:30", **values),
        exceptions=(
            Exceptional(number=0, first="2026-10-26", last="2026-10-30"),
            Exceptional(number=1, first="2026-11-02", last="2026-11-02"),
            Exceptional(number=2, first="2026-11-07", last="2026-11-07", start="10:00", end="12:00"),
        ),
        shared=(
            Shared(name=name, hours=3.5, path="/m/m1"),
            Shared(name="Noé", hours=0, path="/m/m2"),
            Shared(name="Zoé", hours=None, path="/m/m3"),
        ),
        zones=("America/Montreal", "Europe/Paris"),
        places=2,
        saved=not faults,
    )


def time(name: str, purpose: str, *faults: Fault, **changes: object) -> TimeView:
    """Choosing a time."""
    values: dict[str, object] = {
        "purpose": purpose,
        "action": "/sessions/s1/time",
        "back": "/sessions/s1",
        "title": name,
        "form": form(*faults, minutes="60", starts=str(AT_MS), format="grow-60", every="1", times="4"),
        "days": (SlotDay(at_ms=AT_MS, slots=(AT_MS, AT_MS + HOUR_MS)),),
        "others": others(name),
        "unsaid": (),
    }
    return TimeView(**{**values, **changes})  # type: ignore[arg-type]


def session(name: str, state: str, *can: str, **changes: object) -> SessionView:
    """One session, and what can be done with it."""
    values: dict[str, object] = {
        "session": meeting(state),
        "title": name,
        "mentorship_path": "/m/m1",
        "others": others(name),
        "attendees": (Attendee(name="Amina", state="coming"), Attendee(name=name, state="asked")),
        "proposer": name,
        "can": frozenset(can),
        "form": form(),
        "candidates": (("p1", name), ("p2", "Amina")),
        "opens_ms": AT_MS - HOUR_MS,
    }
    return SessionView(**{**values, **changes})  # type: ignore[arg-type]


def wrap_up(name: str, *faults: Fault) -> WrapUpView:
    """After a session."""
    values = {"text_0": name, "owner_0": "p1", "due_0": "2026-11-03", "notes": name, "useful": "4"}
    return WrapUpView(
        session=meeting("held"),
        title=name,
        mentorship_path="/m/m1",
        others=others(name),
        part=part(name),
        form=form(*faults, **values),
        rows=(ActionRow(number=0), ActionRow(number=1)),
        owners=(("p1", name), ("p2", "Amina")),
        slots=(AT_MS + 336 * HOUR_MS, AT_MS + 362 * HOUR_MS, AT_MS + 386 * HOUR_MS),
    )


def lines(name: str) -> tuple[Line, ...]:
    """Sessions in a list."""
    return (
        Line(session=meeting("proposed"), title=name, others=others(name), mine=True),
        Line(session=meeting(), title=name, others=others(name), opens=True),
        Line(session=meeting(moving_ms=AT_MS + HOUR_MS), title=name, others=()),
    )


PAGES: dict[str, Callable[[str, Language], View]] = {
    "availability": lambda name, language: availability(name),
    "availability-errors": lambda name, language: availability(
        name,
        Fault(field="to-0-0", code="window-order"),
        Fault(field="zone", code="zone"),
        Fault(field="new-first", code="day"),
        new_first=name,
    ),
    "sessions": lambda name, language: SessionsView(
        form=form(),
        asked=lines(name)[:1],
        coming=lines(name)[1:],
        past=(Line(session=meeting("held"), title=name, others=()),),
        feed="https://meet.example/calendar/abc.ics",
    ),
    "sessions-none": lambda name, language: SessionsView(form=form(), asked=(), coming=(), past=(), feed=""),
    "session-new": lambda name, language: time(
        name,
        "new",
        formats=(("grow-60", None), ("own-1", Words(en="Circle of the ward", fr=""))),
        recurs=True,
        announced=True,
    ),
    "session-counter": lambda name, language: time(
        name, "counter", Fault(field="starts", code="choose"), unsaid=(name,), days=(), current_ms=AT_MS
    ),
    "session-again": lambda name, language: time(name, "again"),
    "session-asked": lambda name, language: session(
        name, "proposed", "agree", "agree-all", "counter", "decline", "agenda", series=4
    ),
    "session-confirmed": lambda name, language: session(
        name,
        "confirmed",
        *("join", "move", "again", "cancel", "agenda", "missed", "met"),
        session=meeting(agenda=((name, "", None, 20), ("", "next-steps", None, 10)), every_weeks=2),
        rows=(BoxRow(title=name, minutes="20", of="b0"), BoxRow(title="Next steps", minutes="x")),
        form=form(
            Fault(field="minutes-1", code="number", values={"least": 1, "most": 60}),
            **{"item-0": name},
        ),
        proposer="",
        live=True,
        done="agree",
    ),
    "session-moving": lambda name, language: session(
        name,
        "confirmed",
        *("move-agree", "move-decline"),
        session=meeting(moving_ms=AT_MS + HOUR_MS, moving_minutes=60),
        form=form(Fault(field="", code="changed-meanwhile")),
    ),
    "session-seats": lambda name, language: session(
        name,
        "confirmed",
        "seat",
        session=meeting(announced=True, seats_left=0),
        attendees=(Attendee(name=name, state="coming", expected_ms=AT_MS),),
    ),
    "session-cancelled": lambda name, language: session(
        name, "cancelled", session=meeting("cancelled", ended_as="declined", why=name)
    ),
    "session-unanswered": lambda name, language: session(
        name, "cancelled", "propose", session=meeting("cancelled", ended_as="unanswered"), proposer=""
    ),
    "session-missed": lambda name, language: session(
        name, "no_show", "undo", "appeal", missing=(name,), appeals=((name, name),)
    ),
    "session-held": lambda name, language: session(name, "held", "wrap-up"),
    "wrap-up": lambda name, language: wrap_up(name),
    "wrap-up-errors": lambda name, language: wrap_up(
        name, Fault(field="owner-0", code="choose"), Fault(field="due-0", code="missing")
    ),
}
