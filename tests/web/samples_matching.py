"""The pages of matching in every state."""

from __future__ import annotations

from collections.abc import Callable

from server.pages.forms import fresh
from signaling.parts import Language
from web.views import View
from web.views.form import Fault, Form
from web.views.matching import (
    AloneRow,
    CompareView,
    MatchingView,
    MoveRow,
    Option,
    OptionCard,
    PairRow,
    ProgressView,
    RankList,
    RunLine,
    RunView,
    Said,
    ShortlistView,
)
from web.views.programmes import ProgrammeNav, TabLink

AT_MS = 1_793_278_800_000
PARTS = ("skills", "time", "language", "meeting", "spread", "waiting", "wish", "willing")
STEPS = ("gathering", "scores", "lists", "solving", "report")


def nav(name: str) -> ProgrammeNav:
    tabs = (
        TabLink(key="overview", path="/p/p1", current=False),
        TabLink(key="matching", path="/p/p1/matching", current=True),
        TabLink(key="shortlist", path="/p/p1/shortlist", current=False),
    )
    return ProgrammeNav(id="p1", name=name, tabs=tabs)


def line(state: str = "done", **changes: object) -> RunLine:
    values = {"id": "run1", "created_ms": AT_MS, "method": "assignment", "state": state}
    figures = {"pairs": 42, "mean": 71, "alone": 2, "blocking": 5}
    return RunLine(**{**values, **figures, **changes})  # type: ignore[arg-type]


def why(name: str) -> tuple[Said, ...]:
    return (
        Said(key="matching.reason.skills", values={"names": name}),
        Said(key="matching.reason.time", values={"count": 3.5}),
        Said(key="matching.reason.language-best", tongue="fr"),
        Said(key="matching.reason.spread", values={"count": 1}),
    )


def asked(*faults: Fault) -> Form:
    first = {"method": "stable", "kind": "one-to-one", "least": "60", "shortlist": "5", "seed": "7"}
    return fresh({**first, **dict.fromkeys(PARTS, "4")}).with_faults(*faults)


def index(name: str, form: Form, *runs: RunLine, kinds: tuple[str, ...] = ("one-to-one", "micro")) -> View:
    return MatchingView(
        nav=nav(name),
        form=form,
        parts=PARTS,
        kinds=kinds,
        runs=runs,
        mentors=12,
        mentees=44,
        ranked=1,
    )


def run(name: str, state: str, form: Form | None = None) -> View:
    rows = tuple(
        PairRow(
            value=f"a{at} b{at}",
            mentor=name if at == 0 else f"Amina Traoré {at}",
            mentee=f"Noé Tremblay {at}",
            fit=88 - 9 * at,
            reasons=why(name if at == 0 else "Python, writing"),
            mentee_place=at,
            mentor_place=at * 2,
            pinned=at == 1,
            skipped="tie-full" if at == 2 and state == "published" else "",
        )
        for at in range(4)
    )
    reasons = ("paused", "nobody", "language", "time", "both", "apart", "places")
    return RunView(
        nav=nav(name),
        run=line(state),
        form=form or fresh(),
        worst=31,
        profile=(20, 8, 0, 2),
        off_list=3,
        rows=rows,
        weakest=state == "published",
        page=2,
        pages=3,
        mentees_alone=tuple(AloneRow(id=f"m{each}", name=name, why=each) for each in reasons),
        mentors_alone=(AloneRow(id="x", name=name, why="places"),),
        vetoes=(Option(value="a8 b8", text=name),),
        pins=(),
        dropped=(name,),
        blocked=(name,),
        mentors=(Option(value="a1", text=name),),
        others=(line(id="run2", method="stable"),),
        seed=1234,
        input_hash="0f" * 32,
        made=17,
        skipped=1,
    )


def shortlist(name: str, *, closed: bool, faults: tuple[Fault, ...] = ()) -> View:
    cards = tuple(
        OptionCard(
            id=f"m{at}",
            name=name if at == 0 else f"Amina Traoré {at}",
            headline="Product lead",
            about=name * 3,
            reasons=why(name),
        )
        for at in range(3)
    )
    return ShortlistView(
        nav=nav(name),
        saved=closed,
        lists=(
            RankList(
                role="mentee",
                form=fresh({"mentee-m0": "2", "mentee-m1": "2"}).with_faults(*faults),
                options=cards,
                closes_ms=AT_MS,
                closed=closed,
                changed_ms=AT_MS,
            ),
            RankList(
                role="mentor",
                form=fresh(),
                options=cards[:1],
                closes_ms=AT_MS,
                closed=closed,
                changed_ms=None,
            ),
        ),
    )


PAGES: dict[str, Callable[[str, Language], View]] = {
    "matching": lambda name, language: index(
        name, asked(), line("waiting"), line("failed"), line("publishing"), line("published")
    ),
    "matching-empty": lambda name, language: index(name, asked(), kinds=()),
    "matching-wrong": lambda name, language: index(
        name, asked(Fault(field="least", code="between", values={"least": 15, "most": 600}))
    ),
    "matching-under-way": lambda name, language: ProgressView(
        nav=nav(name), run="r1", step="lists", steps=STEPS
    ),
    "matching-failed": lambda name, language: ProgressView(
        nav=nav(name), run="r1", step="", steps=STEPS, failed=True
    ),
    "matching-run": lambda name, language: run(name, "done"),
    "matching-run-wrong": lambda name, language: run(
        name,
        "done",
        fresh({"until": "x"}).with_faults(
            Fault(field="until", code="date-wrong"), Fault(field="", code="pin-and-veto")
        ),
    ),
    "matching-publishing": lambda name, language: run(name, "publishing"),
    "matching-published": lambda name, language: run(name, "published"),
    "matching-compared": lambda name, language: CompareView(
        nav=nav(name),
        one=line(),
        other=line(id="run2", mean=74),
        worst=(31, 40),
        same=30,
        moved=(
            MoveRow(mentee=name, before="", after="Amina", before_fit=0, after_fit=70),
            MoveRow(mentee="Noé", before="Amina", after="", before_fit=70, after_fit=0),
        ),
        more=3,
    ),
    "shortlist": lambda name, language: shortlist(name, closed=False),
    "shortlist-wrong": lambda name, language: shortlist(
        name, closed=False, faults=(Fault(field="mentee-m1", code="place-twice", values={"place": 2}),)
    ),
    "shortlist-closed": lambda name, language: shortlist(name, closed=True),
    "shortlist-empty": lambda name, language: ShortlistView(nav=nav(name), lists=()),
}
