"""What can be promised between sessions: by somebody who takes part, for a day to come."""

from __future__ import annotations

from datetime import date

from server.mentoring.mentorships import Mentorship
from server.mentoring.people import PersonId
from server.mentoring.tie_rules import TieError

FARTHEST_DAYS = 400


def check_action(mentorship: Mentorship, *, owner: PersonId, due: str, today: str) -> None:
    """Whether ``owner`` can promise something for ``due`` (ISO dates). Raises ``TieError``."""
    if mentorship.state not in {"accepted", "agreed", "active", "paused", "closing"}:
        raise TieError(code="tie-moved-on")
    if mentorship.part_of(owner) is None:
        raise TieError(code="action-owner")
    try:
        days = (date.fromisoformat(due) - date.fromisoformat(today)).days
    except ValueError:
        raise TieError(code="date-wrong") from None
    if not 0 <= days <= FARTHEST_DAYS:
        raise TieError(code="action-day")
