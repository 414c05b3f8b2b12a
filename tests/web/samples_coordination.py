"""The caseload and the coordinator's pages in every state."""

from __future__ import annotations

from collections.abc import Callable

from server.pages.forms import fresh
from signaling.parts import Language
from web.views import View
from web.views.caseload import CaseFact, CaseloadView, CaseRow
from web.views.coordination import (
    AuditLine,
    AuditView,
    CarePart,
    CoordinationView,
    EraseView,
    Figures,
    ProgrammeCare,
    SurveyResult,
    TieRow,
    WaitingRow,
)
from web.views.form import Fault
from web.views.home import HomeView
from web.views.programmes import ProgrammeNav, TabLink

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


def nav(name: str) -> ProgrammeNav:
    tabs = ("overview", "matching", "coordination", "audit")
    return ProgrammeNav(
        id="p1",
        name=name,
        tabs=tuple(TabLink(key=each, path=f"/p/p1/{each}", current=each == "coordination") for each in tabs),
    )


def coordination(name: str, **changes: object) -> CoordinationView:
    rows = tuple(
        TieRow(
            id=row.id,
            mentors="Amina Traoré",
            mentees=row.name,
            kind="one-to-one",
            state="active",
            level=row.level,
            facts=row.facts,
            contact_ms=row.contact_ms,
            next_ms=row.next_ms,
        )
        for row in caseload(name).rows
    )
    values: dict[str, object] = {
        "nav": nav(name),
        "figures": Figures(
            ties=4, hours=12.5, sessions=14, mentors=8, mentors_busy=3, mentees=20, mentees_busy=4
        ),
        "counts": (("at-risk", 1), ("watch", 0), ("healthy", 2), ("resting", 1)),
        "only": "healthy",
        "rows": rows,
        "page": 2,
        "pages": 3,
        "waiting": (
            WaitingRow(id="r1", mentee=name, owner="Amina", until_ms=AT_MS, late=True),
            WaitingRow(id="r2", mentee="Noé", owner=name, until_ms=None, late=False),
        ),
        "results": (
            SurveyResult(survey="monthly", question="going", count=7, mean=4.3, texts=()),
            SurveyResult(survey="final", question="best", count=5, mean=None, texts=(name, "The calls")),
        ),
        "quiet_surveys": ("mid",),
    }
    return CoordinationView(**{**values, **changes})  # type: ignore[arg-type]


def audit(name: str, *lines: AuditLine, whole: bool) -> AuditView:
    return AuditView(nav=nav(name), lines=lines, whole=whole)


def erase(name: str, *faults: Fault, own: bool = False, reason: str = "") -> EraseView:
    return EraseView(
        at="/account/erase",
        own=own,
        person_name=name,
        email="ana@example.org",
        ties=2,
        reason=reason,
        form=fresh({"email": name}).with_faults(*faults),
    )


PAGES: dict[str, Callable[[str, Language], View]] = {
    "caseload": lambda name, language: caseload(name, sent=3, saved=True),
    "caseload-wrong": lambda name, language: caseload(
        name, Fault(field="", code="nobody-chosen"), Fault(field="text", code="missing"), only="watch"
    ),
    "caseload-note-wrong": lambda name, language: caseload(
        name, note=(Fault(field="note", code="missing"),), note_about="tie1"
    ),
    "caseload-empty": lambda name, language: caseload(name, rows=(), counts=()),
    "coordination": lambda name, language: coordination(name),
    "coordination-empty": lambda name, language: coordination(
        name, rows=(), waiting=(), results=(), only="", page=1, pages=1
    ),
    "coordination-home": lambda name, language: HomeView(
        parts=(
            CarePart(
                programmes=(
                    ProgrammeCare(programme="p1", name=name, late=1, at_risk=12),
                    ProgrammeCare(programme="p2", name="Women in Science", late=0, at_risk=1),
                )
            ),
        )
    ),
    "audit": lambda name, language: audit(
        name,
        AuditLine(at_ms=AT_MS, who=name, key="matching.published", about=name, values={"what": "x"}),
        AuditLine(at_ms=AT_MS, who="", key="", about="x" * 22, values={"what": "session.moved"}),
        whole=False,
    ),
    "audit-empty": lambda name, language: audit(name, whole=True),
    "erase": lambda name, language: erase(name),
    "erase-own-wrong": lambda name, language: erase(name, Fault(field="email", code="erase-email"), own=True),
    "erase-elsewhere": lambda name, language: erase(name, reason="elsewhere"),
    "erase-coordinator": lambda name, language: erase(name, reason="coordinator", own=True),
}
