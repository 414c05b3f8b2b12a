"""The pages of requests and ties in every state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from server.mentoring.health import FACT_CODES
from signaling.parts import Language
from web.views import View
from web.views.form import Fault, Form
from web.views.groups import GroupLine, GroupsView, OpenView, SeatView
from web.views.programmes import ProgrammeNav, TabLink
from web.views.requests import AskedLine, AskView, RequestLine, RequestsView, RequestView
from web.views.ties import (
    ActionEntry,
    ActionLine,
    AgreementView,
    ClosingLine,
    ClosingView,
    FactLine,
    GoalLine,
    NoteEntry,
    PauseView,
    PersonPart,
    TieEventEntry,
    TieHead,
    TieLine,
    TiesView,
    TieView,
    VersionLine,
)

AT_MS = 1_793_278_800_000  # 29 October 2026, 13:00 UTC


def form(values: dict[str, str] | None = None, *faults: Fault) -> Form:
    return Form(
        values={name: (value,) for name, value in (values or {}).items()}, once="o" * 22, faults=faults
    )


def nav(name: str, current: str) -> ProgrammeNav:
    return ProgrammeNav(
        id="p",
        name=name,
        tabs=tuple(
            TabLink(key=key, path=f"/p/p/{key}", current=key == current) for key in ("requests", "groups")
        ),
    )


def line(name: str, state: str, turn: str) -> RequestLine:
    until = AT_MS if turn else None
    return RequestLine(id="r", name=name, kind="micro", state=state, turn=turn, until_ms=until, purpose=name)


def requests(name: str) -> RequestsView:
    return RequestsView(
        nav=nav(name, "requests"),
        received=(line(name, "waiting", "me"),),
        sent=(line(name, "waiting", "them"), line(name, "choosing", "me")),
        over=tuple(
            line(name, state, "")
            for state in ("accepted", "withdrawn", "ended", "declined", "expired", "suggested")
        ),
        is_mentor=True,
        is_mentee=True,
        hidden=True,
        resting_until_ms=None,
        form=form(),
    )


def ask(name: str, *faults: Fault) -> AskView:
    return AskView(
        programme="p",
        programme_name=name,
        mentor_name=name,
        mentor_headline=name,
        kinds=("one-to-one", "micro", "reverse"),
        others=(("a", name), ("b", "Paul")),
        days=5,
        form=form({"mentor": "m", "kind": "micro", "purpose": name, "following": "b"}, *faults),
        most=1500,
    )


def request(name: str, state: str, viewer: str, **changed: object) -> RequestView:
    made = RequestView(
        id="r",
        programme="p",
        programme_name=name,
        kind="one-to-one",
        state=state,
        purpose=f"{name}\n{name}",
        mentee_name=name,
        mentor_name=name,
        viewer=viewer,
        until_ms=AT_MS if state in {"waiting", "choosing"} else None,
        asked=tuple(
            AskedLine(name=name, outcome=outcome, sentence=name, at_ms=AT_MS)
            for outcome in ("declined", "expired", "suggested", "withdrawn", "waiting")
        ),
        following=(name,),
        suggested=None,
        choices=(("a", name),),
        mentorship=None,
        form=form(),
        declining=False,
        today="2026-10-29",
    )
    return replace(made, **changed)  # type: ignore[arg-type]


PAGES: dict[str, Callable[[str, Language], View]] = {
    "requests": lambda name, language: requests(name),
    "requests-none": lambda name, language: replace(
        requests(name), received=(), sent=(), over=(), hidden=False, resting_until_ms=AT_MS
    ),
    "ask": lambda name, language: ask(name),
    "ask-wrong": lambda name, language: ask(
        name,
        Fault(field="purpose", code="too-long", values={"most": 1500}),
        Fault(field="kind", code="tie-kind"),
        *(
            Fault(field="", code=code)
            for code in ("tie-self", "mentor-not-free", "request-twice", "requests-many", "tie-left")
        ),
    ),
    "ask-one-kind": lambda name, language: replace(ask(name), kinds=("one-to-one",), others=()),
    "ask-no-kind": lambda name, language: replace(ask(name), kinds=()),
    "request-to-answer": lambda name, language: request(name, "waiting", "mentor"),
    "request-declining": lambda name, language: request(
        name,
        "waiting",
        "mentor",
        declining=True,
        form=form(
            {"sentence": name, "rest": name},
            Fault(field="sentence", code="missing"),
            Fault(field="rest", code="date-wrong"),
            Fault(field="rest", code="tie-pause-date"),
            Fault(field="suggested", code="choose"),
            Fault(field="", code="tie-full"),
            Fault(field="", code="tie-moved-on"),
        ),
    ),
    "request-waiting": lambda name, language: request(name, "waiting", "mentee"),
    "request-waiting-last": lambda name, language: request(name, "waiting", "mentee", following=()),
    "request-seen": lambda name, language: request(name, "waiting", "other"),
    "request-choosing": lambda name, language: request(
        name, "choosing", "mentee", suggested=("b", name), form=form({}, Fault(field="mentor", code="choose"))
    ),
    "request-choosing-nobody": lambda name, language: request(
        name, "choosing", "mentee", choices=(), following=()
    ),
    "request-choosing-seen": lambda name, language: request(name, "choosing", "other"),
    "request-accepted": lambda name, language: request(name, "accepted", "mentee", mentorship="m"),
    "request-withdrawn": lambda name, language: request(name, "withdrawn", "mentee"),
    "request-ended": lambda name, language: request(name, "ended", "mentee"),
}


def head(name: str, state: str = "active", wait: str = "", kind: str = "one-to-one") -> TieHead:
    return TieHead(
        id="m",
        name=name,
        kind=kind,
        state=state,
        programme="p",
        programme_name=name,
        wait=wait,
        wait_name=name if wait.startswith("their") else "",
        until_ms=AT_MS if wait else None,
    )


EVENTS = [
    "matched",
    "proposed",
    "accepted",
    "opened",
    "agreement-written",
    "signed",
    "began",
    "joined",
    "queued",
    "unqueued",
    "left",
    "goal-added",
    "goal-reached",
    "paused",
    "resumed",
    "closing",
    "said-goodbye",
    "closed",
    "no-start",
]


def tie(name: str, **changed: object) -> TieView:
    made = TieView(
        head=head(name),
        inside=True,
        lives=True,
        people=(
            PersonPart(id="a", name=name, role="mentor", me=False),
            PersonPart(id="b", name="Paul", role="mentee", me=True),
        ),
        purpose=name,
        cadence_days=14,
        ends="2027-06-30",
        level="",
        facts=tuple(
            FactLine(code=code, values={"count": 3, "cadence": 14}) for code in FACT_CODES if code != "over"
        ),
        goals=(GoalLine(id="g1", text=name, progress=50), GoalLine(id="g2", text="Paul", progress=100)),
        actions=(
            ActionLine(id="a1", text=name, owner=name, due="2026-10-01", late=True, done=False, mine=True),
            ActionLine(
                id="a2", text="Read", owner=name, due="2026-11-01", late=False, done=False, mine=False
            ),
            ActionLine(id="a3", text="Write", owner=name, due="2026-11-01", late=False, done=True, mine=True),
        ),
        unowned=(name, "Ask the library"),
        wrap_up_path="/sessions/s/wrap-up",
        entries=(
            *(TieEventEntry(at_ms=AT_MS, what=what, who=name) for what in EVENTS),
            NoteEntry(at_ms=AT_MS, who=name, text=name, private=True, remove="/m/m/notes/n/remove", once="o"),
            NoteEntry(at_ms=AT_MS, who=name, text=name, private=False, remove="", once="o"),
            ActionEntry(at_ms=AT_MS, who=name, text=name),
        ),
        closed_as="",
        words=(),
        leads=True,
        can_leave=False,
        seats=None,
        goal_form=form(),
        action_form=form({"action_owner": "b"}),
        note_form=form({"note_visibility": "shared"}),
        today="2026-10-29",
        find="/p/women-in-science/bank",
        asks=("monthly", "/m/tie-one/survey/monthly?about=2026-10"),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def version(name: str, number: int, *, in_force: bool) -> VersionLine:
    return VersionLine(
        number=number,
        by=name,
        at_ms=AT_MS,
        goals=(name, "Find a first job"),
        cadence_days=14,
        ends="2027-06-30",
        text=name,
        signed=(name,),
        unsigned=() if in_force else (name, "Paul"),
        in_force=in_force,
    )


def agreement(name: str, **changed: object) -> AgreementView:
    made = AgreementView(
        head=head(name, "accepted", "sign"),
        newest=version(name, 2, in_force=False),
        earlier=(version(name, 1, in_force=True),),
        to_sign=True,
        may_change=True,
        changing=False,
        text=name,
        signatures=True,
        last_day="2027-06-30",
        form=form({"goals": name, "cadence_days": "14", "ends": "2027-01-01"}),
        sign_form=form(),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def closing(name: str, **changed: object) -> ClosingView:
    made = ClosingView(
        head=head(name),
        began=False,
        said=False,
        inside=True,
        starts=False,
        reasons=("completed", "no_fault", "safeguarding"),
        words=(),
        by="",
        form=form({"reason": "no_fault"}),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


AGREEMENT_FAULTS = (
    Fault(field="goals", code="agreement-goals"),
    Fault(field="goals", code="goal-long", values={"most": 300}),
    Fault(field="cadence_days", code="agreement-cadence"),
    *(
        Fault(field="ends", code=code)
        for code in ("agreement-past", "agreement-too-late", "agreement-end-missing", "date-wrong")
    ),
    Fault(field="", code="agreement-versions"),
    Fault(field="", code="changed-meanwhile"),
)

WAITS = [
    "write",
    "sign",
    "their-sign",
    "resign",
    "their-resign",
    "people",
    "training",
    "word",
    "their-word",
    "paused",
]

PAGES |= {
    "tie": lambda name, language: tie(name),
    **{
        f"tie-{wait}": lambda name, language, wait=wait: tie(  # type: ignore[misc]
            name,
            head=head(name, {"paused": "paused", "word": "closing"}.get(wait, "accepted"), wait),
            entries=(),
            goals=(),
            actions=(),
        )
        for wait in WAITS
    },
    "tie-wrong": lambda name, language: tie(
        name,
        goal_form=form(
            {"goal_text": name},
            Fault(field="goal_text", code="agreement-goals"),
            Fault(field="", code="goal-progress"),
            Fault(field="", code="goal-gone"),
            Fault(field="", code="tie-training"),
        ),
        action_form=form(
            {"action_text": name, "action_owner": "b"},
            Fault(field="action_owner", code="action-owner"),
            Fault(field="action_due", code="action-day"),
        ),
        note_form=form(
            {"note_text": name, "note_visibility": "private"}, Fault(field="note_text", code="missing")
        ),
    ),
    "tie-seen": lambda name, language: tie(
        name, inside=False, level="at-risk", goals=(), actions=(), entries=()
    ),
    "tie-group": lambda name, language: tie(
        name, head=head(name, kind="group"), leads=False, can_leave=True, seats=(2, 8)
    ),
    "tie-closed": lambda name, language: tie(
        name,
        head=head(name, "closed"),
        lives=False,
        closed_as="no_fault",
        words=(ClosingLine(name=name, good=name),),
        find="/p/p/bank",
    ),
    **{
        f"tie-closed-{reason}": lambda name, language, reason=reason: tie(  # type: ignore[misc]
            name, head=head(name, "closed"), lives=False, closed_as=reason
        )
        for reason in ("completed", "no_start", "safeguarding")
    },
    "agreement": lambda name, language: agreement(name),
    "agreement-new": lambda name, language: agreement(
        name, newest=None, earlier=(), to_sign=False, changing=True
    ),
    "agreement-wrong": lambda name, language: agreement(
        name, changing=True, form=form({"goals": name}, *AGREEMENT_FAULTS)
    ),
    "agreement-changed": lambda name, language: agreement(
        name, sign_form=form({}, Fault(field="", code="agreement-changed"))
    ),
    "agreement-over": lambda name, language: agreement(
        name, head=head(name, "closed"), to_sign=False, may_change=False, last_day=None
    ),
    "pause": lambda name, language: PauseView(
        head=head(name), form=form({}, Fault(field="until", code="tie-pause-date")), longest_days=120
    ),
    "pause-resting": lambda name, language: PauseView(
        head=head(name, "paused", "paused"), form=form(), longest_days=120
    ),
    "closing": lambda name, language: closing(
        name, form=form({"good": name}, Fault(field="reason", code="choose"))
    ),
    "closing-began": lambda name, language: closing(
        name, head=head(name, "closing", "word"), began=True, by=name
    ),
    "closing-ends": lambda name, language: closing(name, head=head(name, "closing", "word"), began=True),
    "closing-said": lambda name, language: closing(
        name,
        head=head(name, "closing", "their-word"),
        began=True,
        said=True,
        words=(ClosingLine(name=name, good=name),),
    ),
    "closing-no-start": lambda name, language: closing(
        name, head=head(name, "accepted"), starts=True, reasons=("no_start",)
    ),
    "ties": lambda name, language: TiesView(
        open=(
            TieLine(head=head(name, "accepted", "sign"), role="mentor", mine=True),
            TieLine(head=head(name, "active", "their-resign"), role="mentee", mine=False),
            TieLine(head=head(name, "paused", "paused", "office-hours"), role="mentee", mine=False),
        ),
        over=(TieLine(head=head(name, "closed", kind="peer"), role="mentee", mine=False),),
    ),
    "ties-none": lambda name, language: TiesView(open=(), over=()),
}


def group(name: str, *, free: int, mine: bool = False) -> GroupLine:
    return GroupLine(
        id="m",
        title=name,
        kind="group",
        leaders=name,
        purpose=name,
        free=free,
        seats=8,
        waiting=0 if free else 2,
        mine=mine,
    )


def opening(name: str, kind: str, *faults: Fault) -> OpenView:
    return OpenView(
        nav=nav(name, "groups"),
        kind=kind,
        mentors=(("a", name),) if kind == "group" else (),
        least=1,
        most=99,
        agreement=name,
        form=form({"kind": kind, "title": name, "purpose": name, "seats": "8"}, *faults),
    )


def seat(name: str, **changed: object) -> SeatView:
    made = SeatView(
        head=head(name, kind="group"),
        leaders=name,
        purpose=name,
        goals=(name,),
        cadence_days=28,
        ends="2027-06-30",
        agreement=name,
        free=1,
        seats=8,
        waiting=0,
        place=None,
        offered_ms=None,
        inside=False,
        may_leave=False,
        may_join=True,
        open=True,
        form=form(),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


PAGES |= {
    "groups": lambda name, language: GroupsView(
        nav=nav(name, "groups"),
        groups=(group(name, free=3), group(name, free=0), group(name, free=1, mine=True)),
        kinds=("group", "office-hours", "peer"),
    ),
    "groups-none": lambda name, language: GroupsView(nav=nav(name, "groups"), groups=(), kinds=()),
    "group-new": lambda name, language: opening(
        name,
        "group",
        Fault(field="title", code="missing"),
        Fault(field="seats", code="tie-seats"),
        Fault(field="mentor", code="choose"),
        Fault(field="", code="tie-training"),
        Fault(field="", code="tie-people"),
    ),
    "circle-new": lambda name, language: opening(name, "peer"),
    "office-hours-new": lambda name, language: replace(opening(name, "office-hours"), agreement=""),
    "seat-free": lambda name, language: seat(
        name, form=form({}, Fault(field="agree", code="seat-agree"), Fault(field="", code="seat-taken"))
    ),
    "seat-full": lambda name, language: seat(
        name, free=0, waiting=2, form=form({}, Fault(field="", code="queue-full"))
    ),
    "seat-waiting": lambda name, language: seat(name, free=0, waiting=2, place=2),
    "seat-kept": lambda name, language: seat(name, free=0, waiting=1, place=1, offered_ms=AT_MS),
    "seat-mine": lambda name, language: seat(name, inside=True, may_leave=True),
    "seat-closed": lambda name, language: seat(name, head=head(name, "paused"), open=False),
    "seat-seen": lambda name, language: seat(name, may_join=False, agreement=""),
}
