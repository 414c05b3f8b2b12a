"""Who stays alone in a run, and which of the filters left them so."""

from __future__ import annotations

import numpy as np

from server.mentoring.matching.assignment import Matched
from server.mentoring.matching.candidates import Candidate, Gathering, Settings
from server.mentoring.matching.fit import Fit, Mask
from server.mentoring.matching.outcome import Alone, Why


def mentees_alone(people: Gathering, settings: Settings, found: Fit, matched: Matched) -> tuple[Alone, ...]:
    """The mentees whom nobody was found for."""
    there = np.array([not each.paused and each.places > 0 for each in people.mentors], bool)
    return tuple(
        Alone(
            person=people.mentees[row].person,
            why=_why(
                people.mentees[row],
                found.speaks[row] & there,
                (found.minutes[row] >= settings.least_minutes) & there,
                possible=bool(found.possible[row].any()),
                anybody=bool(there.any()),
            ),
        )
        for row in np.flatnonzero(matched < 0).tolist()
    )


def mentors_alone(people: Gathering, settings: Settings, found: Fit, matched: Matched) -> tuple[Alone, ...]:
    """The mentors with free places whom nobody was found for."""
    there = np.array([not each.paused for each in people.mentees], bool)
    taken = np.bincount(matched[matched >= 0], minlength=len(people.mentors))
    return tuple(
        Alone(
            person=people.mentors[column].person,
            why=_why(
                people.mentors[column],
                found.speaks[:, column] & there,
                (found.minutes[:, column] >= settings.least_minutes) & there,
                possible=bool(found.possible[:, column].any()),
                anybody=bool(there.any()),
            ),
        )
        for column in np.flatnonzero(taken == 0).tolist()
        if people.mentors[column].places > 0
    )


def _why(person: Candidate, speaks: Mask, free: Mask, *, possible: bool, anybody: bool) -> Why:
    if person.paused:
        return "paused"
    if possible:
        return "places"
    if not anybody:
        return "nobody"
    if not speaks.any():
        return "language"
    if not free.any():
        return "time"
    return "apart" if (speaks & free).any() else "both"
