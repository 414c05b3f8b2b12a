"""The invariants of sessions, whatever people do in whatever order, over the real store."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from itertools import count, pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from server.appointments import ANSWER, Step, settle
from server.config import read
from server.jobs import Jobs
from server.mentoring import meeting_rules as rules
from server.mentoring import no_show
from server.mentoring.attendance import Stay, attendance
from server.mentoring.calendars import OverlapError
from server.mentoring.meeting_rules import MeetingError
from server.mentoring.meetings import AgendaItem, Session
from server.pages.scheduling.answers import answer_due
from server.storage.calendars import load_calendars
from server.storage.client import connect
from server.storage.due import Due
from server.storage.meetings import load_session, sessions_of
from server.storage.people import ChangedMeanwhileError
from tests.support.accounts import make_person
from tests.support.meetings import DAY, HOUR, MINUTE
from tests.support.store import Valkey

NOW = 1_793_278_800_000
PEOPLE = ("ana", "bo", "cy", "di")

people = st.sampled_from(PEOPLE)
quarters = st.integers(-4, 24).map(lambda each: NOW + each * 15 * MINUTE)
lengths = st.sampled_from((15, 30, 45, 60, 90))

ENDED = {"recapped", "cancelled", "rescheduled"}


class _Site:
    """As much of a site as a change to a session needs."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.config = read({"data": "/nowhere"}, {})
        self.due_soon = asyncio.Event()


class Sessions(RuleBasedStateMachine):
    """Four people, a dozen of overlapping hours, every rule at any time."""

    known = Bundle("known")
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.store = connect(self.url)
        self.now = NOW
        self.ids: dict[str, int] = {}
        self.numbers = count(1)
        self.log: dict[str, list[Session]] = {}
        self.do(self._begin())
        self.handlers = {ANSWER: self._answer}

    async def _answer(self, task: Due, now_ms: int) -> int | None:
        return await answer_due(self.site, task, now_ms)  # type: ignore[arg-type]

    async def _begin(self) -> None:
        await self.store.flushdb()
        self.site = _Site(self.store)
        for name in PEOPLE:
            await make_person(self.store, name, email=f"{name}@example.org")

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.do(self.store.aclose())
        self.runner.close()

    def attempt(self, before: Session | None, by: str, after: Any) -> None:
        """Does what a rule says if it says anything; refusals leave all as it was."""
        try:
            done = after(before)
            self.do(settle(self.site, [Step(before, done)], by=by, now_ms=self.now))  # type: ignore[arg-type]
        except (MeetingError, OverlapError, ChangedMeanwhileError):
            return
        self.log.setdefault(done.id, []).append(done)

    def now_of(self, session: str) -> Session:
        found = self.do(load_session(self.store, session))
        assert found is not None
        return found

    @rule(
        target=known,
        by=people,
        others=st.sets(people, min_size=1),
        at=quarters,
        minutes=lengths,
        announced=st.booleans(),
        seats=st.sampled_from((None, 1, 2)),
    )
    def propose(
        self, by: str, others: set[str], at: int, minutes: int, announced: bool, seats: int | None
    ) -> str:
        name = f"s{next(self.numbers)}"
        made = Session(
            id=name, programme="p", mentorship="m", organiser=by, people=tuple(sorted({by, *others})),
            state="proposed", starts_ms=at, minutes=minutes, zone="Europe/Paris", format="open",
            created_ms=self.now, announced=announced, seats=seats if announced else None, planned_ms=at,
        )  # fmt: skip
        self.attempt(None, by, lambda _: rules.proposed(made, self.now))
        return name

    def act(self, name: str, by: str, rule_: Any) -> None:
        found = self.do(load_session(self.store, name))
        if found is not None:
            self.attempt(found, by, rule_)

    @rule(name=known, by=people)
    def agree(self, name: str, by: str) -> None:
        self.act(name, by, lambda each: rules.agreed(each, by, self.now))

    @rule(name=known, by=people)
    def go_ahead(self, name: str, by: str) -> None:
        self.act(name, by, lambda each: rules.confirmed_with(each, by, self.now))

    @rule(name=known, by=people, at=quarters, minutes=lengths)
    def counter(self, name: str, by: str, at: int, minutes: int) -> None:
        self.act(name, by, lambda each: rules.countered(each, by, at, minutes, self.now))

    @rule(name=known, by=people)
    def decline(self, name: str, by: str) -> None:
        self.act(name, by, lambda each: rules.declined(each, by, "no"))

    @rule(name=known, by=people, again=st.booleans())
    def cancel(self, name: str, by: str, again: bool) -> None:
        end = rules.rescheduled if again else rules.cancelled
        self.act(name, by, lambda each: end(each, by, "no", self.now))

    @rule(name=known, by=people, at=quarters, minutes=lengths)
    def ask_to_move(self, name: str, by: str, at: int, minutes: int) -> None:
        self.act(name, by, lambda each: rules.move_asked(each, by, at, minutes, self.now))

    @rule(name=known, by=people, yes=st.booleans())
    def answer_move(self, name: str, by: str, yes: bool) -> None:
        if yes:
            self.act(name, by, lambda each: rules.move_agreed(each, by, self.now))
        else:
            self.act(name, by, lambda each: rules.move_declined(each, by))

    @rule(name=known, by=people, take=st.booleans())
    def seat(self, name: str, by: str, take: bool) -> None:
        if take:
            self.act(name, by, lambda each: rules.seat_taken(each, by, self.now))
        else:
            self.act(name, by, lambda each: rules.seat_given_up(each, by))

    @rule(name=known, by=people, items=st.lists(st.integers(1, 60), max_size=3))
    def plan(self, name: str, by: str, items: list[int]) -> None:
        agenda = tuple(AgendaItem("x", each) for each in items)
        self.act(name, by, lambda each: rules.with_agenda(each, by, agenda))

    @rule(name=known, there=st.sets(people))
    def meet(self, name: str, there: set[str]) -> None:
        stays = [Stay(each, self.now, self.now + HOUR) for each in sorted(there)]
        if len(there) > 1:
            self.act(name, "ana", rules.begun)
            self.act(name, "ana", lambda each: rules.held(each, attendance(stays, self.now)))

    @rule(name=known, by=people, who=st.sets(people, min_size=1))
    def miss(self, name: str, by: str, who: set[str]) -> None:
        self.act(name, by, lambda each: no_show.missed(each, by, tuple(sorted(who)), self.now))

    @rule(name=known, by=people, coordinator=st.booleans())
    def undo(self, name: str, by: str, coordinator: bool) -> None:
        self.act(name, by, lambda each: no_show.appealed(each, by, "I was ill", self.now))
        self.act(name, by, lambda each: no_show.undone(each, by, coordinator=coordinator))

    @rule(minutes=st.sampled_from((15, 60, 24 * 60)))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        self.do(Jobs(self.store, self.handlers, lambda: self.now, self.site.due_soon).run_due())
        for name, states in self.log.items():
            now = self.now_of(name)
            if now.version > states[-1].version:
                assert (now.state, now.ended_as) == ("cancelled", "unanswered")
                assert states[-1].waits
                states.append(now)

    @invariant()
    def nothing_waits_for_an_answer_past_its_time(self) -> None:
        for name in self.log:
            each = self.now_of(name)
            assert not each.waits or each.starts_ms > self.now

    @invariant()
    def nobody_is_in_two_sessions_at_once(self) -> None:
        for person in PEOPLE:
            mine = [
                each
                for each in self.do(sessions_of(self.store, person))
                if each.stands and person in each.coming
            ]
            for one, two in pairwise(mine):
                assert one.ends_ms <= two.starts_ms, (person, one, two)

    @invariant()
    def calendars_say_what_sessions_say(self) -> None:
        calendars = self.do(load_calendars(self.store, PEOPLE))
        for person in PEOPLE:
            claimed = {each.session for each in calendars[person].claims if each.end_ms > self.now - DAY}
            stand = {
                each.id
                for each in self.do(sessions_of(self.store, person))
                if each.stands and person in each.coming and each.ends_ms > self.now - DAY
            }
            assert claimed >= stand
            for each in claimed - stand:
                assert not self.now_of(each).stands, "time is taken by nothing"

    @invariant()
    def an_agenda_fits_and_seats_are_not_more_than_there_are(self) -> None:
        for name in self.log:
            each = self.now_of(name)
            assert sum(item.minutes for item in each.agenda) <= each.minutes
            assert set(each.coming) <= set(each.people)
            assert not set(each.coming) & set(each.waiting)
            if each.seats is not None:
                assert sum(person != each.organiser for person in each.coming) <= each.seats

    @invariant()
    def calendars_elsewhere_hear_of_changes_in_order_and_what_ended_stays_so(self) -> None:
        for states in self.log.values():
            for before, after in pairwise(states):
                assert after.sequence >= before.sequence
                if before.stands and after.stands and after.starts_ms != before.starts_ms:
                    assert after.sequence > before.sequence
                assert before.state not in ENDED


def test_sessions_keep_their_invariants_over_the_store(valkey: Valkey) -> None:
    machine = type("Machine", (Sessions,), {"url": valkey.url})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=25, stateful_step_count=40, deadline=None),
    )
