"""Actions follow the notes: what a change of the notes says of those that are known, and which are new.

A line and an action are the same when they say the same, whichever session it was agreed in: what is carried
over into the next session's notes is no second action there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from server.mentoring.actions import MOST_ACTIONS, ActionItem, action_id, action_lines, done, folded
from server.mentoring.meetings import SessionId
from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.ticks import ticks


def by_text(known: Iterable[ActionItem], begun_ms: int) -> dict[str, ActionItem]:
    """Actions by what they say, as the notes of a session can mean them.

    One that was done before the session began is another one, should somebody promise the same again. Of two
    that say the same the one that is open counts.
    """
    found: dict[str, ActionItem] = {}
    for each in known:
        if each.done_ms is None or each.done_ms >= begun_ms:
            text = folded(each.text)
            if text not in found or each.done_ms is None:
                found[text] = each
    return found


def after_notes(
    known: Mapping[str, ActionItem], before: str, after: str, names: Mapping[PersonId, str], now_ms: int
) -> list[ActionItem]:
    """The actions that somebody ticked, or opened again, by writing in the notes."""
    return [
        done(known[text], now_ms if state else None)
        for text, state in ticks(before, after, names).items()
        if text in known and (known[text].done_ms is not None) != state
    ]


def agreed_in(
    known: Mapping[str, ActionItem],
    notes: str,
    names: Mapping[PersonId, str],
    *,
    session: SessionId,
    mentorship: MentorshipId,
    today: date,
    usual: date,
    now_ms: int,
) -> list[ActionItem]:
    """The actions that notes ask for and nobody knows of yet: those that somebody owns.

    ``usual`` is by when where a line names no day. Who is to do the others is asked at the wrap-up.
    """
    found: dict[str, ActionItem] = {}
    for _, line in action_lines(notes, names, today):
        text = folded(line.text)
        if text in known or text in found or line.owner is None or line.done:
            continue
        found[text] = ActionItem(
            id=action_id(session, line.text),
            mentorship=mentorship,
            owner=line.owner,
            text=line.text,
            due=line.due or usual.isoformat(),
            created_ms=now_ms,
            session=session,
        )
        if len(found) == MOST_ACTIONS:
            break
    return list(found.values())
