"""The caseload and the coordinator's pages in every state."""

from __future__ import annotations

from collections.abc import Callable

from server.pages.forms import fresh
from signaling.parts import Language
from web.views import View
from web.views.caseload import CaseFact, CaseloadView, CaseRow
from web.views.form import Fault

AT_MS = 1_793_278_800_000


def case(at: int, name: str, level: str) -> CaseRow:
    return CaseRow(
        id=f"tie{at}",
        name=name,
        programme="Women in Science",
        level=level,
        facts=(
            CaseFact(code="silent", level="at-risk", values={"count": 40, "cadence": 14}),
            CaseFact(code="no-session", level="watch", values={}),
            CaseFact(code="missed-more", level="at-risk", values={"count": 2}),
            CaseFact(code="actions-late", level="healthy", values={"count": 1}),
        )
        if level == "at-risk"
        else (CaseFact(code="in-touch", level="healthy", values={"count": 3, "cadence": 14}),),
        unread_ms=AT_MS if at == 0 else None,
        contact_ms=None if at == 1 else AT_MS,
        next_ms=None if at == 0 else AT_MS,
        mine=1,
        theirs=2,
        late=at,
        cadence_days=14,
        note=name if at == 2 else "",
    )


def caseload(name: str, *faults: Fault, note: tuple[Fault, ...] = (), **changes: object) -> CaseloadView:
    levels = ("at-risk", "watch", "healthy", "resting")
    values: dict[str, object] = {
        "rows": tuple(
            case(at, name if at == 0 else f"Noé Tremblay {at}", level) for at, level in enumerate(levels)
        ),
        "counts": tuple((level, 1) for level in levels),
        "only": "",
        "form": fresh({"text": name, "to": ("tie1",)}).with_faults(*faults),
        "note": fresh({"note": name}).with_faults(*note),
    }
    return CaseloadView(**{**values, **changes})  # type: ignore[arg-type]


PAGES: dict[str, Callable[[str, Language], View]] = {
    "caseload": lambda name, language: caseload(name, sent=3, saved=True),
    "caseload-wrong": lambda name, language: caseload(
        name, Fault(field="", code="nobody-chosen"), Fault(field="text", code="missing"), only="watch"
    ),
    "caseload-note-wrong": lambda name, language: caseload(
        name, note=(Fault(field="note", code="missing"),), note_about="tie1"
    ),
    "caseload-empty": lambda name, language: caseload(name, rows=(), counts=()),
}
