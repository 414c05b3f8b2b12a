"""Letters about sessions, with the calendar part that they carry."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from server import ical
from server.config import Config
from server.ical import Invited, Place, Words
from server.mentoring.letters import Detail, Letter
from server.mentoring.meetings import Session
from server.mentoring.notices import Notice
from server.mentoring.people import Person, PersonId
from web.boxes import box_title, format_name
from web.i18n import translator

MOST_DATES = 6


class Letters:
    """Writes what is to be told of one change. ``by`` is who made it, None for a deadline."""

    def __init__(
        self, config: Config, people: Mapping[PersonId, Person], by: PersonId | None, now_ms: int
    ) -> None:
        self._place = place_of(config)
        self._people = people
        self._by = by
        self._now_ms = now_ms

    def of(self, told: Sequence[Notice]) -> list[Letter]:
        """One letter: the same for one person, about one session or dates of one series."""
        first = told[0]
        to = self._people.get(first.to)
        if to is None:
            return []
        sessions = sorted((each.about for each in told), key=lambda each: each.starts_ms)
        session = sessions[0]
        words = words_for(session, to, self._people)
        invited = Invited(name=to.shown, address=to.email)
        calendar = ""
        if first.method == "REQUEST":
            calendar = ical.request(sessions, words, self._place, invited, self._now_ms)
        elif first.method == "CANCEL":
            calendar = ical.cancel(sessions, words, self._place, invited, self._now_ms)
        who = self._people.get(self._by or "")
        return [
            Letter(
                id=secrets.token_urlsafe(12),
                to=first.to,
                kind=first.kind,
                topic="sessions",
                at_ms=self._now_ms,
                values={
                    "name": who.shown if who is not None else with_whom(session, to.id, self._people),
                    "title": words.summary,
                },
                path=_path(first.kind, session),
                details=details(sessions, to, self._people),
                quote=_quote(first.kind, session),
                calendar=calendar,
                method=first.method,
            )
        ]


def details(sessions: Sequence[Session], to: Person, people: Mapping[PersonId, Person]) -> tuple[Detail, ...]:
    """When and with whom, for one reader: their time, and the other's where clocks differ."""
    first = sessions[0]
    zone = other_zone(first, to, people)
    found = [Detail(label="session.when", at_ms=each.starts_ms, zone=zone) for each in sessions[:MOST_DATES]]
    if first.moving is not None:
        found.append(Detail(label="session.asked", at_ms=first.moving.starts_ms, zone=zone))
    found.append(Detail(label="session.with", text=with_whom(first, to.id, people)))
    return tuple(found)


def words_for(session: Session, to: Person, people: Mapping[PersonId, Person]) -> Words:
    """A session as one person's calendar calls it."""
    reader = translator(to.language)
    say = reader.text
    name = with_whom(session, to.id, people)
    summary = say("ical.titled", title=session.title) if session.title else say("ical.summary", name=name)
    lines = [say("ical.with", name=name), format_name(reader, session.format, session.format_name)]
    lines += [
        f"{each.title or box_title(reader, each.key, each.words)} ({say('minutes', count=each.minutes)})"
        for each in session.agenda
    ]
    return Words(summary=summary, description="\n".join(lines), join=say("session.join"))


def with_whom(session: Session, reader: PersonId, people: Mapping[PersonId, Person]) -> str:
    """The names of the others, a few of many."""
    others = [people[each].shown for each in session.people if each != reader and each in people]
    return ", ".join(others[:3]) + (f" +{len(others) - 3}" if len(others) > 3 else "")


def other_zone(session: Session, reader: Person, people: Mapping[PersonId, Person]) -> str:
    """The zone in which another one reads the same instant: between two theirs, else the organiser's."""
    others = [people[each].zone for each in session.people if each != reader.id and each in people]
    return others[0] if len(others) == 1 else session.zone


def place_of(config: Config) -> Place:
    """Where this site is, for letters that nobody's browser asked for."""
    return Place(base=config.start_url.rstrip("/"), sender=config.mail.sender)


def _path(kind: str, session: Session) -> str:
    if kind in {"session-unanswered", "session-lapsed"}:
        return f"/m/{session.mentorship}/sessions/new"
    return f"/sessions/{session.id}"


def _quote(kind: str, session: Session) -> str:
    if kind in {"session-declined", "session-cancelled", "session-withdrawn"}:
        return session.why
    if kind == "session-appealed" and session.appeals:
        return session.appeals[-1].words
    return ""
