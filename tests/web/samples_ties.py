"""The pages of requests and ties in every state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from signaling.parts import Language
from web.views import View
from web.views.form import Fault, Form
from web.views.requests import AskedLine, AskView, RequestLine, RequestsView, RequestView

AT_MS = 1_793_278_800_000  # 29 October 2026, 13:00 UTC


def form(values: dict[str, str] | None = None, *faults: Fault) -> Form:
    return Form(
        values={name: (value,) for name, value in (values or {}).items()}, once="o" * 22, faults=faults
    )


def line(name: str, state: str, turn: str) -> RequestLine:
    until = AT_MS if turn else None
    return RequestLine(id="r", name=name, kind="micro", state=state, turn=turn, until_ms=until, purpose=name)


def requests(name: str) -> RequestsView:
    return RequestsView(
        programme="p",
        programme_name=name,
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
