"""The invariants of ties over the real store: whatever people do, at once too, and whatever falls due."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from redis.asyncio import Redis

from server.jobs import Jobs
from server.mentoring import tie_rules as rules
from server.mentoring.agreements import drafted, signed, signed_on_joining
from server.mentoring.audit import AuditEvent
from server.mentoring.mentorships import ClosingWord, Mentorship
from server.mentoring.people import Person
from server.mentoring.places import places
from server.mentoring.programmes import Programme
from server.mentoring.requests import Request
from server.mentoring.seats import joined, left, queued
from server.mentoring.taking_part import trained
from server.mentoring.tie_events import TieEvent
from server.mentoring.tie_rules import DAY_MS, Tie, TieError
from server.storage import keys
from server.storage.audit import events
from server.storage.client import connect
from server.storage.due import Due, falls_due
from server.storage.mentorships import load_mentorship, mentorships_in
from server.storage.people import ChangedMeanwhileError
from server.storage.programmes import load_enrolment, saved_enrolment
from server.storage.records import Once, commit
from server.storage.requests import requests_of
from server.storage.ties import TRAINED, groups_in, ledger, new_mentorship_changes, tie_events
from server.ties import deadlines, pulses
from server.ties.asking import Ask, around, ask, choose, request_id, say_no, say_yes, take_back
from server.ties.keeping import Rule, step
from tests.support.programmes import NOW_MS, enrolled, made_person, made_programme
from tests.support.store import Valkey

AFTER: dict[str, set[str]] = {
    "proposed": {"accepted", "declined", "expired", "withdrawn"},
    "accepted": {"agreed", "closed"},
    "agreed": {"active", "closed"},
    "active": {"paused", "closing"},
    "paused": {"active", "closing"},
    "closing": {"closed"},
    "closed": set(),
    "declined": set(),
    "expired": set(),
    "withdrawn": set(),
}
"""The arrows of the state machine: a tie that was accepted and never began is closed as such."""


def reachable(state: str) -> set[str]:
    """Where a tie can be after any number of steps."""
    found, look = {state}, [state]
    while look:
        for each in AFTER[look.pop()] - found:
            found.add(each)
            look.append(each)
    return found


def once() -> Once:
    return Once(keys.once(secrets.token_urlsafe(16)), "/")


index = st.integers(min_value=0, max_value=9)


class Ties(RuleBasedStateMachine):
    """Two mentors with three places in all, four mentees, two of them without the training yet."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.now = NOW_MS
        self.store: Redis = self.run(self._connected())
        self.states: dict[str, str] = {}
        self.told: list[AuditEvent] = []
        self.happened: dict[str, list[TieEvent]] = {}

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.store.aclose())
        self.runner.close()

    async def _connected(self) -> Redis:
        store = connect(self.url)
        await store.flushdb()
        return store

    @initialize()
    def people(self) -> None:
        self.run(self._people())

    async def _people(self) -> None:
        self.programme: Programme = await made_programme(self.store, training="Read.", answer_days=5)
        self.mentors: list[Person] = []
        self.mentees: list[Person] = []
        for capacity in (2, 1):
            person = await made_person(self.store, "Mentor")
            await enrolled(self.store, self.programme, person, "mentor", capacity=capacity)
            self.mentors.append(person)
        for number in range(4):
            person = await made_person(self.store, "Mentee")
            trained = None if number > 1 else NOW_MS
            await enrolled(self.store, self.programme, person, "mentee", trained_ms=trained)
            self.mentees.append(person)
        work = {**deadlines.handlers(self.store), **pulses.handlers(self.store)}
        self.jobs = Jobs(self.store, work, lambda: self.now, asyncio.Event())

    def tries(self, *works: Coroutine[Any, Any, Any]) -> None:
        """Does these at the same time; a rule may say no, and one of two may be too late."""

        async def together() -> None:
            for said in await asyncio.gather(*works, return_exceptions=True):
                if isinstance(said, BaseException) and not isinstance(said, TieError | ChangedMeanwhileError):
                    raise said

        self.run(together())

    # --- requests ---

    async def requests(self) -> list[Request]:
        found: dict[str, Request] = {}
        for person in [*self.mentees, *self.mentors]:
            found |= {each.id: each for each in await requests_of(self.store, person.id)}
        return sorted(found.values(), key=lambda each: (each.created_ms, each.id))

    def a_request(self, number: int, *, state: str = "waiting") -> Request | None:
        found = [each for each in self.run(self.requests()) if each.state == state]
        return found[number % len(found)] if found else None

    @rule(
        mentee=index,
        mentor=index,
        follows=st.booleans(),
        kind=st.sampled_from(["one-to-one", "micro", "reverse"]),
    )
    def asks(self, mentee: int, mentor: int, follows: bool, kind: Any) -> None:
        if sum(each.is_open for each in self.run(self.requests())) > 3:
            return
        asker = self.mentees[mentee % 4]
        # A mentor may be asked by themself: that is refused.
        to = [*self.mentors, asker][mentor % 3].id
        following = (self.mentors[(mentor + 1) % 2].id,) if follows else ()
        wanted = Ask(mentor=to, kind=kind, purpose="To learn", following=following)
        self.tries(ask(self.store, self.programme, asker, wanted, self.now, once(), request_id()))

    @rule(number=index, other=index)
    def mentors_say_yes_at_once(self, number: int, other: int) -> None:
        chosen = [self.a_request(number), self.a_request(other)]

        async def yes(request: Request) -> None:
            it = await around(self.store, self.programme, request)
            await say_yes(self.store, it, self.now, once())

        self.tries(*(yes(each) for each in chosen if each is not None))

    @rule(number=index, suggests=st.booleans())
    def a_mentor_says_no(self, number: int, suggests: bool) -> None:
        request = self.a_request(number)
        if request is None:
            return

        async def no() -> None:
            it = await around(self.store, self.programme, request)
            named = self.mentors[number % 2].id if suggests else None
            await say_no(self.store, it, self.now, once(), sentence="Sorry", suggested=named)

        self.tries(no())

    @rule(number=index, mentor=index)
    def a_mentee_chooses_the_next(self, number: int, mentor: int) -> None:
        request = self.a_request(number, state="choosing")
        if request is None:
            return
        asker = next(each for each in self.mentees if each.id == request.mentee)
        to = self.mentors[mentor % 2].id
        self.tries(choose(self.store, self.programme, request, asker, to, self.now, once()))

    @rule(number=index, state=st.sampled_from(["waiting", "choosing"]))
    def a_mentee_takes_it_back(self, number: int, state: str) -> None:
        request = self.a_request(number, state=state)
        if request is not None:
            self.tries(take_back(self.store, self.programme, request, self.now, once()))

    # --- ties ---

    def a_tie(self, number: int, *states: str) -> Mentorship | None:
        found: list[Mentorship] = sorted(
            (
                each
                for each in self.run(mentorships_in(self.store, self.programme.id))
                if each.state in states
            ),
            key=lambda each: (each.created_ms, each.id),
        )
        return found[number % len(found)] if found else None

    def steps(self, tie: Mentorship | None, apply: Rule, who: str | None, **how: Any) -> None:
        if tie is None:
            return

        async def go() -> None:
            fresh = await load_mentorship(self.store, tie.id)
            assert fresh is not None
            event = TieEvent(at_ms=self.now, who=who, what="changed")
            await step(self.store, self.programme, fresh, apply, event, once=once(), **how)

        self.tries(go())

    @rule(number=index, person=index)
    def somebody_writes_an_agreement(self, number: int, person: int) -> None:
        tie = self.a_tie(number, "accepted", "active", "paused")
        if tie is not None and tie.people:
            by = tie.people[person % len(tie.people)]
            self.steps(
                tie,
                lambda it: drafted(
                    it, self.programme, self.now, by=by, goals=["x"], cadence_days=7, ends=it.ends
                ),
                by,
            )

    @rule(number=index, person=index)
    def somebody_signs(self, number: int, person: int) -> None:
        tie = self.a_tie(number, "accepted", "active", "paused")
        if tie is not None and tie.people:
            by = tie.people[person % len(tie.people)]
            version = len(tie.agreements)
            self.steps(tie, lambda it: signed(it, self.now, person=by, number=version), by)

    @rule(number=index)
    def a_mentor_says_yes_and_everybody_agrees(self, number: int) -> None:
        self.mentors_say_yes_at_once(number, number)
        self.everybody_agrees(number)

    @rule(number=index)
    def everybody_agrees(self, number: int) -> None:
        tie = self.a_tie(number, "accepted", "active", "paused")
        if tie is None:
            return

        def apply(it: Mentorship) -> Mentorship:
            for person in it.people:
                if it.agreement is None:
                    it = drafted(
                        it, self.programme, self.now, by=person, goals=["y"], cadence_days=9, ends=it.ends
                    )
                else:
                    it = signed(it, self.now, person=person, number=len(it.agreements))
            return it

        self.steps(tie, apply, tie.people[0])

    @rule(number=index, days=st.integers(min_value=-1, max_value=130))
    def somebody_pauses(self, number: int, days: int) -> None:
        until = self.now + days * DAY_MS
        self.steps(self.a_tie(number, "active"), lambda it: rules.pause(it, self.now, until_ms=until), None)

    @rule(number=index)
    def somebody_resumes(self, number: int) -> None:
        self.steps(self.a_tie(number, "paused"), lambda it: rules.resume(it, self.now), None)

    @rule(number=index, person=index)
    def somebody_closes(self, number: int, person: int) -> None:
        tie = self.a_tie(number, "accepted", "agreed", "active", "paused", "closing")
        if tie is None or not tie.people:
            return
        by = tie.people[person % len(tie.people)]
        word = ClosingWord(person=by, at_ms=self.now)

        def apply(it: Mentorship) -> Mentorship:
            if it.state in {"accepted", "agreed"}:
                return rules.never_began(it, self.now)
            begun = it.state == "closing"
            after = rules.add_word(it, word) if begun else rules.begin_closing(it, self.now, by=by, word=word)
            return rules.close(after, self.now) if rules.all_said(after) else after

        self.steps(tie, apply, by)

    @rule(mentor=index, seats=st.integers(min_value=1, max_value=2))
    def a_mentor_opens_a_group(self, mentor: int, seats: int) -> None:
        leader = self.mentors[mentor % 2].id

        async def go() -> None:
            tie = Tie(
                id=secrets.token_urlsafe(9),
                kind="group",
                mentors=(leader,),
                mentees=(),
                title="G",
                seats=seats,
            )
            held = await ledger(self.store, self.programme.id, [leader])
            _, changes = new_mentorship_changes(self.programme, tie, held, self.now, by=leader)
            await commit(self.store, [*changes, *held.changes()])

        self.tries(go())

    @rule(number=index, mentee=index, does=st.sampled_from(["join", "join", "queue", "leave"]))
    def a_mentee_and_a_group(self, number: int, mentee: int, does: str) -> None:
        ties = [
            each
            for each in self.run(groups_in(self.store, self.programme.id))
            if each.state in {"accepted", "agreed", "active", "paused"}
        ]
        if not ties:
            return
        tie, who = ties[number % len(ties)], self.mentees[mentee % 4].id
        if does == "join":
            self.steps(
                tie,
                lambda it: signed_on_joining(joined(it, who, self.now), self.now, person=who),
                who,
                needs_training=who,
            )
        elif does == "queue":
            self.steps(tie, lambda it: queued(it, who, self.now), who)
        else:
            self.steps(tie, lambda it: left(it, who, self.now), who)

    @rule(people=st.lists(index, min_size=2, max_size=2))
    def a_match_is_published(self, people: list[int]) -> None:
        # One person may be both, who then mentors themself: that is refused.
        everybody = [*self.mentors, *self.mentees]
        mentor, mentee = self.mentors[people[0] % 2].id, everybody[people[1] % 6].id

        async def go() -> None:
            tie = Tie(id=secrets.token_urlsafe(9), kind="one-to-one", mentors=(mentor,), mentees=(mentee,))
            held = await ledger(self.store, self.programme.id, [mentor, mentee])
            _, changes = new_mentorship_changes(self.programme, tie, held, self.now, by=None)
            await commit(self.store, [*changes, *held.changes()])

        self.tries(go())

    @rule(number=st.integers(min_value=2, max_value=3))
    def a_mentee_reads_the_training(self, number: int) -> None:
        async def go() -> None:
            found = await load_enrolment(self.store, self.programme.id, self.mentees[number].id, "mentee")
            assert found is not None
            if found.trained_ms is None:
                task = Due(TRAINED, f"{self.programme.id}:{found.person}")
                await commit(
                    self.store, [*saved_enrolment(trained(found, self.now)), falls_due(task, self.now)]
                )
            await self.jobs.run_due()

        self.tries(go())

    @rule(hours=st.sampled_from([1, 1, 24, 24, 24 * 6, 24 * 22]))
    def time_passes(self, hours: int) -> None:
        self.now += hours * 3_600_000
        self.run(self.jobs.run_due())

    # --- what always holds ---

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "programme"):
            self.run(self._check())

    async def _check(self) -> None:
        ties = await mentorships_in(self.store, self.programme.id)
        taken: dict[tuple[str, str], int] = {}
        for tie in ties:
            assert len(set(tie.people)) == len(tie.people), "nobody mentors themself"
            assert tie.state in reachable(self.states.get(tie.id, "proposed")), "a step that is not there"
            self.states[tie.id] = tie.state
            for place in places(tie):
                taken[place] = taken.get(place, 0) + 1
            if tie.state in {"active", "paused"}:
                assert tie.agreement_in_force is not None, "active without signatures"
                for person in tie.people:
                    assert await self._trained(person), "active without training"
            if tie.state == "closed":
                assert tie.closed_as is not None, "closed without a reason"
            if tie.state in {"proposed", "accepted", "agreed", "paused", "closing"}:
                assert tie.until_ms is not None, "a wait without an end"
                assert tie.until_ms > self.now, "a wait that ran out and nothing came"
            if tie.seats is not None:
                kept = sum(each.offered_until_ms is not None for each in tie.waiting)
                assert len(tie.mentees) + kept <= tie.seats, "more people than seats"
        await self._check_places(taken)
        await self._check_requests()
        await self._check_records(ties)

    async def _trained(self, person: str) -> bool:
        for role in ("mentor", "mentee"):
            found = await load_enrolment(self.store, self.programme.id, person, role)  # type: ignore[arg-type]
            if found is not None and found.trained_ms is not None:
                return True
        return False

    async def _check_places(self, taken: dict[tuple[str, str], int]) -> None:
        for person in self.mentors:
            found = await load_enrolment(self.store, self.programme.id, person.id, "mentor")
            assert found is not None
            assert found.active <= found.capacity, "more ties than places"
            assert found.active == taken.get((person.id, "mentor"), 0), "places that nobody has"

    async def _check_requests(self) -> None:
        for request in await self.requests():
            assert (request.until_ms is not None) == request.is_open, "a request without whose turn it is"
            assert request.until_ms is None or request.until_ms > self.now
            for each in request.asked:
                tie = await load_mentorship(self.store, each.mentorship)
                assert tie is not None
                assert (tie.state == "proposed") == (each.outcome == "waiting"), "asked and not asked"
            waiting = [each for each in request.asked if each.outcome == "waiting"]
            assert len(waiting) == (request.state == "waiting")
            assert request.mentee not in {each.person for each in request.asked}

    async def _check_records(self, ties: list[Mentorship]) -> None:
        """What was recorded of who changed what is still there, in its order."""
        told = list(reversed(await events(self.store, self.programme.id, 10_000)))
        assert told[: len(self.told)] == self.told
        self.told = told
        for tie in ties:
            happened = await tie_events(self.store, tie.id)
            assert happened[: len(self.happened.get(tie.id, []))] == self.happened.get(tie.id, [])
            self.happened[tie.id] = happened


def test_the_invariants_of_ties_hold_whatever_happens(valkey: Valkey) -> None:
    Ties.url = valkey.url
    run_state_machine_as_test(
        Ties,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Over a real store every step that is tried again costs: a failure is shown as it was found.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
        ),
    )
