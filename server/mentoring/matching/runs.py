"""Matching runs as they are kept, and the lists that people rank; what may happen to either."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, structs

from server.mentoring.kinds import Kind
from server.mentoring.matching.candidates import Pair, Settings
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId

RunId = str
RunState = Literal["waiting", "done", "failed", "publishing", "published"]
Side = Literal["mentor", "mentee"]

KINDS: tuple[Kind, ...] = ("one-to-one", "micro")
"""Ties that a run can make: one mentor, one mentee, both enrolled as what they are in the tie."""


class Skipped(Struct, frozen=True, kw_only=True):
    """A pair that was not published: ``code`` is the rule that stood against it by then ("tie-full")."""

    mentor: PersonId
    mentee: PersonId
    code: str


class MatchRun(Struct, frozen=True, kw_only=True):
    """One run of a programme.

    ``base`` is the run whose people it looks at again; else they are read now. ``pairs``, ``mean``,
    ``worst``, ``blocking`` and ``alone`` (mentees) are its figures once it is done. While it is published,
    ``handled`` counts the pairs that were looked at, ``made`` those that became ties.
    """

    id: RunId
    programme: ProgrammeId
    by: PersonId
    created_ms: int
    settings: Settings
    kind: Kind = "one-to-one"
    state: RunState = "waiting"
    base: RunId | None = None
    input_hash: str = ""
    pairs: int = 0
    mean: float = 0.0
    worst: float = 0.0
    blocking: int = 0
    alone: int = 0
    handled: int = 0
    made: int = 0
    skipped: tuple[Skipped, ...] = ()
    published_ms: int | None = None
    version: int = 1


class Ranking(Struct, frozen=True, kw_only=True):
    """Whom somebody was offered, the best fit first, and whom of these they ranked, the dearest first.

    ``closes_ms`` is until when they can; ``run`` offered them.
    """

    programme: ProgrammeId
    person: PersonId
    role: Side
    options: tuple[PersonId, ...]
    run: RunId
    closes_ms: int
    ranked: tuple[PersonId, ...] = ()
    changed_ms: int | None = None
    version: int = 1


class RunError(ValueError):
    """What was asked of a run can't be; ``code`` names the sentence that says so."""

    def __init__(self, *, code: str) -> None:
        super().__init__(code)
        self.code = code


def begin_publishing(run: MatchRun, now_ms: int) -> MatchRun:
    """From now on its pairs become ties. Raises ``RunError`` unless it is done and nobody published it."""
    if run.state != "done":
        raise RunError(code="run-not-done")
    return structs.replace(run, state="publishing", published_ms=now_ms, version=run.version + 1)


def published_some(
    run: MatchRun, *, handled: int, made: int, skipped: tuple[Skipped, ...], last: bool
) -> MatchRun:
    """After so many more pairs were looked at."""
    return structs.replace(
        run,
        handled=run.handled + handled,
        made=run.made + made,
        skipped=run.skipped + skipped,
        state="published" if last else "publishing",
        version=run.version + 1,
    )


def ranked(ranking: Ranking, order: tuple[PersonId, ...], now_ms: int) -> Ranking:
    """With these people in this order. Raises ``RunError`` when it is too late or somebody wasn't offered."""
    if now_ms >= ranking.closes_ms:
        raise RunError(code="ranking-closed")
    if len(set(order)) != len(order) or not set(order) <= set(ranking.options):
        raise RunError(code="ranking-wrong")
    return structs.replace(ranking, ranked=order, changed_ms=now_ms, version=ranking.version + 1)


def offered(
    before: Ranking | None,
    *,
    programme: ProgrammeId,
    person: PersonId,
    role: Side,
    options: tuple[PersonId, ...],
    run: RunId,
    closes_ms: int,
) -> Ranking:
    """The list that somebody is given now; of what they ranked before, whoever is still on it stays."""
    kept = () if before is None else tuple(each for each in before.ranked if each in options)
    return Ranking(
        programme=programme,
        person=person,
        role=role,
        options=options,
        run=run,
        closes_ms=closes_ms,
        ranked=kept,
        changed_ms=None if before is None or not kept else before.changed_ms,
        version=1 if before is None else before.version + 1,
    )


def again(settings: Settings, pins: tuple[Pair, ...], vetoes: tuple[Pair, ...]) -> Settings:
    """The settings of a run that keeps and leaves out these pairs."""
    return structs.replace(settings, pins=tuple(dict.fromkeys(pins)), vetoes=tuple(dict.fromkeys(vetoes)))
