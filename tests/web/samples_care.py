"""The pages of surveys and concerns in every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from server.mentoring.concerns import ConcernState
from server.mentoring.questions import surveys
from signaling.parts import Language
from tests.web.samples_ties import AT_MS, form, head, nav
from web.views import View
from web.views.concerns import (
    ConcernLine,
    ConcernNoteLine,
    ConcernsView,
    ConcernView,
    RaiseView,
)
from web.views.form import Fault
from web.views.surveys import QuestionLine, SurveyView

STATES = get_args(ConcernState)


def survey(name: str, key: str, *faults: Fault, done: bool = False) -> SurveyView:
    [found] = [each for each in surveys().values() if each.key == key]
    return SurveyView(
        head=head(name),
        survey=key,
        about="2026-10",
        questions=tuple(
            QuestionLine(key=each.key, type=each.type, required=each.required) for each in found.questions
        ),
        form=form({found.questions[0].key: "4", "best": name}, *faults),
        done=done,
        least=5,
    )


def concerns(name: str, *faults: Fault, admin: bool = True) -> ConcernsView:
    return ConcernsView(
        nav=nav(name, ""),
        concerns=tuple(
            ConcernLine(id="c", by=name, at_ms=AT_MS, state=state, programme_name=name) for state in STATES
        )
        if admin
        else (),
        coordinators=(("a", name), ("b", "Paul")),
        names_readers=admin,
        form=form({"readers": "b"}, *faults),
    )


def concern(name: str, *faults: Fault) -> ConcernView:
    return ConcernView(
        id="c",
        programme="p",
        programme_name=name,
        mentorship="m",
        people=name,
        by=name,
        at_ms=AT_MS,
        text=name,
        state="open",
        notes=tuple(ConcernNoteLine(by=name, at_ms=AT_MS, text=name, state=state) for state in STATES),
        form=form({"note": name, "state": "open"}, *faults),
    )


PAGES: dict[str, Callable[[str, Language], View]] = {
    "survey-session": lambda name, language: survey(name, "after-session"),
    "survey-monthly": lambda name, language: survey(name, "monthly", done=True),
    "survey-mid": lambda name, language: survey(name, "mid"),
    "survey-final": lambda name, language: survey(
        name,
        "final",
        Fault(field="worth", code="choose"),
        Fault(field="best", code="too-long", values={"most": 2000}),
    ),
    "concern-new": lambda name, language: RaiseView(head=head(name), readers=name, sent=False, form=form()),
    "concern-sent": lambda name, language: RaiseView(head=head(name), readers="", sent=True, form=form()),
    "concern-wrong": lambda name, language: RaiseView(
        head=head(name),
        readers="",
        sent=False,
        form=form({"text": name}, Fault(field="text", code="missing")),
    ),
    "concerns": lambda name, language: concerns(name, Fault(field="readers", code="choose")),
    "concerns-none": lambda name, language: concerns(name, admin=False),
    "concern": lambda name, language: concern(name),
    "concern-note-wrong": lambda name, language: concern(
        name,
        Fault(field="note", code="missing"),
        Fault(field="state", code="choose"),
        Fault(field="", code="changed-meanwhile"),
    ),
}
