"""Who has to hear of a change to a session, and what their calendar is to do about it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from server.mentoring.meetings import Session
from server.mentoring.people import PersonId

Method = Literal["", "REQUEST", "CANCEL"]


class Notice(Struct, frozen=True, kw_only=True):
    """A letter of a ``kind`` to a person; ``method`` is what its calendar part says, "" for none.

    ``about`` is the session as the calendar part has it.
    """

    kind: str
    to: PersonId
    about: Session
    method: Method = ""


def notices(before: Session | None, after: Session, by: PersonId | None) -> list[Notice]:
    """What a change means for each: nobody is told what they did themselves, but for their calendar."""
    if before is None:
        return _new(after)
    if before.waits:
        return _proposal(before, after, by)
    if before.state == "confirmed" and after.state in {"cancelled", "rescheduled"}:
        return [
            Notice(kind="session-cancelled", to=each, about=after, method="CANCEL") for each in before.coming
        ]
    if after.state == "confirmed":
        return _standing(before, after, by)
    if after.state == "held" and before.state in {"confirmed", "live"} and after.attendance:
        return [Notice(kind="session-held", to=each, about=after) for each in _there(after)]
    return _missed(before, after, by)


def _new(after: Session) -> list[Notice]:
    others = [each for each in after.people if each != after.organiser]
    if after.announced:
        mine = Notice(kind="session-confirmed", to=after.organiser, about=after, method="REQUEST")
        return [mine, *(Notice(kind="session-announced", to=each, about=after) for each in others)]
    return [Notice(kind="session-proposed", to=each, about=after) for each in others]


def _proposal(before: Session, after: Session, by: PersonId | None) -> list[Notice]:
    others = [each for each in before.people if each != by]
    if after.state == "confirmed":
        return [
            Notice(kind="session-confirmed", to=each, about=after, method="REQUEST") for each in after.coming
        ]
    if after.state == "cancelled":
        if after.ended_as == "withdrawn":
            return [Notice(kind="session-withdrawn", to=each, about=after) for each in others]
        if after.ended_as == "unanswered":
            return _unanswered(before, after)
        return [Notice(kind="session-declined", to=each, about=after) for each in others]
    if after.starts_ms != before.starts_ms or after.minutes != before.minutes:
        return [Notice(kind="session-countered", to=each, about=after) for each in others]
    return []


def _unanswered(before: Session, after: Session) -> list[Notice]:
    """Who said yes waits no longer; who was asked learns that the time is free again."""
    return [
        Notice(kind="session-unanswered", to=each, about=after)
        if each in before.coming
        else Notice(kind="session-lapsed", to=each, about=after)
        for each in before.people
    ]


def _standing(before: Session, after: Session, by: PersonId | None) -> list[Notice]:
    """It was confirmed, or about to be, and is so still: moved, asked to be moved, its seats changed."""
    found: list[Notice] = []
    moved = (after.starts_ms, after.minutes) != (before.starts_ms, before.minutes)
    if moved:
        stay = [each for each in after.coming if each in before.coming]
        found += [Notice(kind="session-moved", to=each, about=after, method="REQUEST") for each in stay]
    for each in after.coming:
        if each in before.waiting:
            found.append(Notice(kind="session-seat", to=each, about=after, method="REQUEST"))
        elif each not in before.coming:
            found.append(Notice(kind="session-confirmed", to=each, about=after, method="REQUEST"))
    gone = [each for each in before.coming if each not in after.coming]
    found += [Notice(kind="session-left", to=each, about=after, method="CANCEL") for each in gone]
    if after.moving is not None and after.moving != before.moving and before.moving is None:
        others = [each for each in after.coming if each != after.moving.by]
        found += [Notice(kind="session-move-asked", to=each, about=after) for each in others]
    if before.moving is not None and after.moving is None and not moved and before.moving.by != by:
        found.append(Notice(kind="session-move-declined", to=before.moving.by, about=after))
    return found


def _missed(before: Session, after: Session, by: PersonId | None) -> list[Notice]:
    if after.state == "no_show" and before.state != "no_show":
        return [Notice(kind="session-missed", to=each, about=after) for each in after.missing if each != by]
    if before.state == "no_show" and after.state != "no_show":
        return [Notice(kind="session-undone", to=each, about=after) for each in before.missing if each != by]
    if len(after.appeals) > len(before.appeals):
        return [Notice(kind="session-appealed", to=after.said_by, about=after)]
    return []


def _there(session: Session) -> list[PersonId]:
    return [each.person for each in session.attendance]
