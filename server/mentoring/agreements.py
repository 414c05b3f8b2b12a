"""Agreements: versions, signatures for one version each, and the goals that come of them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from server.mentoring.kinds import POLICIES
from server.mentoring.mentorships import Agreement, Goal, Mentorship, Signature
from server.mentoring.people import PersonId
from server.mentoring.programmes import Programme
from server.mentoring.tie_rules import TieError, day_of, latest_end

MOST_GOALS = 12
LONGEST_GOAL = 300
MOST_VERSIONS = 40
LEAST_CADENCE_DAYS = 1
MOST_CADENCE_DAYS = 90


def drafted(
    mentorship: Mentorship,
    programme: Programme,
    now_ms: int,
    *,
    by: PersonId,
    goals: Sequence[str],
    cadence_days: int,
    ends: str | None,
) -> Mentorship:
    """A new version, signed by whoever wrote it; the others have to sign it anew.

    While a tie is active the version before stays in force until then. ``ends`` is an ISO date. Raises
    ``TieError``.
    """
    if mentorship.state not in {"accepted", "active", "paused"}:
        raise TieError(code="tie-moved-on")
    if len(mentorship.agreements) >= MOST_VERSIONS:
        raise TieError(code="agreement-versions")
    if not goals or len(goals) > MOST_GOALS:
        raise TieError(code="agreement-goals")
    if not LEAST_CADENCE_DAYS <= cadence_days <= MOST_CADENCE_DAYS:
        raise TieError(code="agreement-cadence")
    check_end(mentorship, programme, ends, now_ms)
    agreement = Agreement(
        number=len(mentorship.agreements) + 1,
        by=by,
        at_ms=now_ms,
        goals=tuple(goals),
        cadence_days=cadence_days,
        ends=ends,
        text=programme.agreement,
    )
    after = structs.replace(mentorship, agreements=(*mentorship.agreements, agreement), changed_ms=now_ms)
    return signed(after, now_ms, person=by, number=agreement.number)


def check_end(mentorship: Mentorship, programme: Programme, ends: str | None, now_ms: int) -> None:
    """Whether a tie may last until this day. Raises ``TieError``."""
    if ends is not None and ends < day_of(now_ms, programme.zone):
        raise TieError(code="agreement-past")
    last = latest_end(mentorship.kind, programme, mentorship.created_ms)
    if POLICIES[mentorship.kind].most_days is not None and ends is None:
        raise TieError(code="agreement-end-missing")
    if last is not None and (ends is None or ends > last):
        raise TieError(code="agreement-too-late")


def signed(mentorship: Mentorship, now_ms: int, *, person: PersonId, number: int) -> Mentorship:
    """The person signs version ``number``, the newest one. With the last signature it comes into force."""
    newest = mentorship.agreement
    if mentorship.state not in {"accepted", "agreed", "active", "paused"}:
        raise TieError(code="tie-moved-on")
    if newest is None or newest.number != number:
        raise TieError(code="agreement-changed")
    if mentorship.part_of(person) is None:
        raise TieError(code="tie-left")
    if newest.signed_by(person):
        return mentorship
    newest = structs.replace(newest, signatures=(*newest.signatures, Signature(person=person, at_ms=now_ms)))
    after = structs.replace(mentorship, agreements=(*mentorship.agreements[:-1], newest), changed_ms=now_ms)
    return _in_force(after)


def signed_on_joining(mentorship: Mentorship, now_ms: int, *, person: PersonId) -> Mentorship:
    """Who takes a seat signs what holds for the others, and what they have yet to agree on."""
    before = [each for each in mentorship.people if each != person]
    held = [each.number for each in mentorship.agreements if all(each.signed_by(other) for other in before)]
    first = held[-1] if held else len(mentorship.agreements)
    mine = Signature(person=person, at_ms=now_ms)
    return _in_force(
        structs.replace(
            mentorship,
            agreements=tuple(
                structs.replace(each, signatures=(*each.signatures, mine))
                if each.number >= first and not each.signed_by(person)
                else each
                for each in mentorship.agreements
            ),
        )
    )


def _in_force(mentorship: Mentorship) -> Mentorship:
    """With the rhythm, end and goals of the newest version, once everybody has signed it."""
    newest = mentorship.agreement
    if newest is None or any(not newest.signed_by(each) for each in mentorship.people):
        return mentorship
    return structs.replace(
        mentorship,
        cadence_days=newest.cadence_days,
        ends=newest.ends,
        goals=_with_goals(mentorship.goals, newest),
    )


def unsigned(mentorship: Mentorship) -> tuple[PersonId, ...]:
    """Who has not signed the newest version yet; nobody where there is none."""
    newest = mentorship.agreement
    if newest is None:
        return ()
    return tuple(person for person in mentorship.people if not newest.signed_by(person))


def _with_goals(goals: tuple[Goal, ...], agreement: Agreement) -> tuple[Goal, ...]:
    known = {goal.text for goal in goals}
    new = [
        Goal(id=f"{agreement.number}-{place}", text=text, by=agreement.by, added_ms=agreement.at_ms)
        for place, text in enumerate(agreement.goals)
        if text not in known
    ]
    return (*goals, *new)[: 2 * MOST_GOALS]


def with_goal(mentorship: Mentorship, goal: Goal) -> Mentorship:
    """One more goal. Raises ``TieError``."""
    _living(mentorship)
    if len([each for each in mentorship.goals if each.done_ms is None]) >= MOST_GOALS:
        raise TieError(code="agreement-goals")
    return structs.replace(mentorship, goals=(*mentorship.goals, goal), changed_ms=goal.added_ms)


def with_progress(mentorship: Mentorship, goal: str, progress: int, now_ms: int) -> Mentorship:
    """How far a goal is, 0 to 100; at 100 it is reached, below it is open again. Raises ``TieError``."""
    _living(mentorship)
    if not 0 <= progress <= 100:
        raise TieError(code="goal-progress")
    if all(each.id != goal for each in mentorship.goals):
        raise TieError(code="goal-gone")
    return structs.replace(
        mentorship,
        goals=tuple(
            structs.replace(each, progress=progress, done_ms=now_ms if progress == 100 else None)
            if each.id == goal
            else each
            for each in mentorship.goals
        ),
        changed_ms=now_ms,
    )


def _living(mentorship: Mentorship) -> None:
    if mentorship.state not in {"accepted", "agreed", "active", "paused"}:
        raise TieError(code="tie-moved-on")
