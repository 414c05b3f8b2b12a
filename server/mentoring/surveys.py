"""Pulses and surveys: short questions at their moment, seen by coordinators in sums of five or more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from server.mentoring.mentorships import MentorshipId, MentorshipRole
from server.mentoring.people import PersonId
from server.mentoring.programmes import ProgrammeId

SurveyKey = Literal["after-session", "monthly", "mid", "final"]
QuestionType = Literal["scale", "text"]

LEAST_ANSWERS = 5
"""A result of fewer people would say who said what."""

LONGEST_ANSWER = 2000
PULSE_DAYS = 30


class Question(Struct, frozen=True, kw_only=True):
    """One question. ``key`` names its words in the catalogues; a scale goes from 1 to 5.

    ``role`` keeps it for mentors or mentees; ``mood`` is the one that health looks at.
    """

    key: str
    type: QuestionType = "scale"
    role: MentorshipRole | None = None
    mood: bool = False
    required: bool = True


class Survey(Struct, frozen=True, kw_only=True):
    """A survey as its data file has it."""

    key: SurveyKey
    questions: tuple[Question, ...]

    def for_role(self, role: MentorshipRole) -> tuple[Question, ...]:
        """The questions for somebody in this part."""
        return tuple(each for each in self.questions if each.role in {None, role})


class Response(Struct, frozen=True, kw_only=True):
    """One person's answers. ``about`` is a session, a month ("2026-10") or "" for once in a tie.

    ``scales`` and ``texts`` are by the question's key.
    """

    survey: SurveyKey
    programme: ProgrammeId
    mentorship: MentorshipId
    about: str
    person: PersonId
    role: MentorshipRole
    at_ms: int
    scales: dict[str, int] = {}
    texts: dict[str, str] = {}
    version: int = 1


class Result(Struct, frozen=True, kw_only=True):
    """What many said to one question: how many chose 1 to 5; texts come without names, in alphabetical order.

    ``count`` is how many answered.
    """

    question: str
    count: int
    counts: tuple[int, ...]
    texts: tuple[str, ...]

    @property
    def mean(self) -> float:
        """The mean of a scale, 0 when nobody chose."""
        total = sum(self.counts)
        return sum(at * each for at, each in enumerate(self.counts, 1)) / total if total else 0.0


def read_answers(
    questions: Iterable[Question], given: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, str], dict[str, str]]:
    """Scales, texts, and what is wrong by question: a code of a fault."""
    scales: dict[str, int] = {}
    texts: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for question in questions:
        said = given.get(question.key, "").strip()
        if not said:
            if question.required:
                wrong[question.key] = "missing" if question.type == "text" else "choose"
        elif question.type == "text":
            texts[question.key] = said
            if len(said) > LONGEST_ANSWER:
                wrong[question.key] = "too-long"
        elif said in {"1", "2", "3", "4", "5"}:
            scales[question.key] = int(said)
        else:
            wrong[question.key] = "choose"
    return scales, texts, wrong


def aggregated(survey: Survey, responses: Iterable[Response]) -> tuple[Result, ...] | None:
    """What people said, for a coordinator: None below ``LEAST_ANSWERS`` people.

    A question that fewer answered is left out.
    """
    found = list(responses)
    if len({each.person for each in found}) < LEAST_ANSWERS:
        return None
    results = []
    for question in survey.questions:
        answered = [each for each in found if question.key in each.scales or each.texts.get(question.key, "")]
        if len({each.person for each in answered}) < LEAST_ANSWERS:
            continue
        results.append(
            Result(
                question=question.key,
                count=len(answered),
                counts=tuple(
                    sum(each.scales.get(question.key) == step for each in answered) for step in range(1, 6)
                )
                if question.type == "scale"
                else (),
                texts=tuple(sorted(each.texts[question.key] for each in answered))
                if question.type == "text"
                else (),
            )
        )
    return tuple(results)
