"""Polls: who may ask, who may answer, what is counted, what is seen by whom, and what is forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.room import polls
from server.room.change import DropPoll, DropVotes, SavePoll, SaveVote
from server.room.consequences import consequences
from server.room.poll_record import PollRecord, Vote
from server.room.rules import Actor, handle
from server.room.state import RoomState
from signaling.errors import ProtocolError
from signaling.messages import ClientMessage, Leave, Moderate
from signaling.polls import OwnVote, PollDo, PollDraft, PollVote, Voted
from tests.server.room.test_rules import ANA, BO, IN, MO, after, refusal, room, told

POLL = "poll-one"
ASK = PollDraft(poll=POLL, question=" Which  day? ", choices=("Monday", " Tuesday ", "", "Friday"), ask=True)


def full() -> RoomState:
    return after(room(), (MO, IN), (ANA, IN), (BO, IN))


def the_poll(state: RoomState) -> PollRecord:
    poll = state.poll(POLL)
    assert poll is not None
    return poll


def vote(*choices: int) -> PollVote:
    return PollVote(poll=POLL, choices=choices)


def counts(state: RoomState, member: str) -> tuple[int, ...] | None:
    shown = polls.shown(state, the_poll(state), member)
    assert shown is not None
    return shown.counts


def test_a_question_is_asked_in_clean_words() -> None:
    change = handle(full(), MO, ASK, 5)
    poll = the_poll(change.state)
    assert (poll.question, poll.choices) == ("Which day?", ("Monday", "Tuesday", "Friday"))
    assert (poll.status, poll.by, poll.at_ms, poll.counts) == ("open", "mo", 5, (0, 0, 0))
    assert change.saves == (SavePoll(poll),)
    assert change.polls == (POLL,)
    assert handle(full(), MO, replace(ASK, question="A\u202eB\x00"), 5).state.polls[0].question == "AB"


def test_a_draft_is_for_those_who_lead_until_it_is_asked() -> None:
    state = after(full(), (MO, replace(ASK, ask=False)))
    assert polls.shown(state, the_poll(state), "ana") is None
    assert polls.shown(state, the_poll(state), "mo") is not None
    assert refusal(state, ANA, vote(0)) == "poll-state"
    again = after(state, (MO, replace(ASK, question="What day?", choices=("a", "b"), ask=False)))
    assert (the_poll(again).question, len(again.polls)) == ("What day?", 1)
    asked = after(again, (MO, PollDo(poll=POLL, act="open")))
    assert polls.shown(asked, the_poll(asked), "ana") is not None
    assert refusal(asked, MO, ASK) == "poll-state"


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (replace(ASK, question=" \n "), "poll-question", "question"),
        (replace(ASK, question="x" * 301), "poll-question", "question"),
        (replace(ASK, choices=("one", " ")), "poll-choices", "choices"),
        (replace(ASK, choices=("one", "one ")), "poll-choices", "choices"),
        (replace(ASK, choices=tuple("123456789")), "poll-choices", "choices"),
        (replace(ASK, choices=("one", "x" * 121)), "poll-choices", "choices"),
    ],
)
def test_what_is_no_question_is_refused(wrong: PollDraft, code: str, field: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        handle(full(), MO, wrong, 1)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize("message", [ASK, PollDo(poll=POLL, act="close"), PollDo(poll=POLL, act="delete")])
def test_only_who_leads_asks(message: ClientMessage) -> None:
    assert refusal(after(full(), (MO, ASK)), ANA, message) == "not-facilitator"


def test_only_those_who_are_in_answer() -> None:
    state = after(room(), (MO, IN), (MO, ASK))
    assert refusal(state, ANA, vote(0)) == "not-entered"


def test_an_answer_is_stored_and_told_to_its_giver_alone() -> None:
    state = after(full(), (MO, ASK))
    change = handle(state, ANA, vote(2), 1)
    assert change.saves == (SaveVote(POLL, Vote(member="ana", choices=(2,))),)
    assert told(change, "ana") == [Voted(vote=OwnVote(poll=POLL, choices=(2,)))]
    assert told(change, "mo") == []
    assert (the_poll(change.state).counts, the_poll(change.state).voters) == ((0, 0, 1), 1)


def test_an_answer_may_change_and_be_taken_back() -> None:
    state = after(full(), (MO, ASK), (ANA, vote(2)), (BO, vote(2)), (ANA, vote(0)))
    assert (the_poll(state).counts, the_poll(state).voters) == ((1, 0, 1), 2)
    none = handle(state, ANA, vote(), 1)
    assert none.saves == (SaveVote(POLL, Vote(member="ana", choices=())),)
    assert (the_poll(none.state).counts, the_poll(none.state).voters) == ((0, 0, 1), 1)
    assert handle(state, ANA, vote(0), 1).saves == ()


def test_several_answers_only_where_several_may_be_given() -> None:
    state = after(full(), (MO, ASK))
    assert refusal(state, ANA, vote(0, 1)) == "bad-message"
    assert refusal(state, ANA, vote(3)) == "bad-message"
    several = after(full(), (MO, replace(ASK, several=True)), (ANA, vote(2, 0, 2)))
    assert the_poll(several).votes == (Vote(member="ana", choices=(0, 2)),)


def test_nobody_sees_counts_before_their_own_answer_but_who_leads() -> None:
    state = after(full(), (MO, ASK), (ANA, vote(1)))
    assert (counts(state, "mo"), counts(state, "ana"), counts(state, "bo")) == ((0, 1, 0), (0, 1, 0), None)
    closed = after(state, (MO, PollDo(poll=POLL, act="close")))
    assert counts(closed, "bo") == (0, 1, 0)
    assert the_poll(closed).shown_to_all
    assert refusal(closed, BO, vote(0)) == "poll-state"


def test_who_answered_what_is_told_of_named_polls_only() -> None:
    named = after(full(), (MO, ASK), (ANA, vote(1)), (BO, vote(1)))
    assert polls.voters(named, POLL, "mo") == ((), ("ana", "bo"), ())
    with pytest.raises(ProtocolError, match="poll-secret"):
        polls.voters(after(full(), (MO, ASK), (ANA, vote(1))), POLL, "bo")
    secret = after(full(), (MO, replace(ASK, anonymous=True)), (ANA, vote(1)))
    with pytest.raises(ProtocolError, match="poll-secret"):
        polls.voters(secret, POLL, "mo")


def test_anonymous_answers_are_not_counted_out_while_they_could_be_told_apart() -> None:
    state = after(full(), (MO, replace(ASK, anonymous=True)), (ANA, vote(1)), (BO, vote(1)))
    assert (counts(state, "mo"), counts(state, "ana")) == (None, None)
    three = after(state, (MO, vote(0)))
    assert counts(three, "ana") == (1, 2, 0)


def test_closing_an_anonymous_poll_forgets_who_answered() -> None:
    state = after(full(), (MO, replace(ASK, anonymous=True)), (ANA, vote(1)), (BO, vote(2)))
    change = handle(state, MO, PollDo(poll=POLL, act="close"), 1)
    closed = the_poll(change.state)
    assert (closed.votes, closed.counts, closed.voters) == ((), (0, 1, 1), 2)
    assert change.saves == (SavePoll(closed), DropVotes(POLL, ("ana", "bo")))
    named = handle(after(full(), (MO, ASK), (ANA, vote(1))), MO, PollDo(poll=POLL, act="close"), 1)
    assert the_poll(named.state).votes == (Vote(member="ana", choices=(1,)),)


def test_a_result_is_put_on_everybodys_screen_and_taken_off() -> None:
    state = after(full(), (MO, ASK))
    assert refusal(state, MO, PollDo(poll=POLL, act="hide")) == "poll-state"
    hidden = after(state, (MO, PollDo(poll=POLL, act="close")), (MO, PollDo(poll=POLL, act="hide")))
    assert not the_poll(hidden).shown_to_all
    assert the_poll(after(hidden, (MO, PollDo(poll=POLL, act="show")))).shown_to_all


def test_what_is_deleted_comes_back_until_another_goes() -> None:
    state = after(full(), (MO, ASK), (ANA, vote(1)))
    assert refusal(state, MO, PollDo(poll=POLL, act="delete")) == "poll-state"
    closed = after(state, (MO, PollDo(poll=POLL, act="close")))
    change = handle(closed, MO, PollDo(poll=POLL, act="delete"), 1)
    assert (change.state.poll(POLL), change.polls) == (None, (POLL,))
    assert refusal(change.state, MO, ASK) == "no-poll"
    back = after(change.state, (MO, PollDo(poll=POLL, act="restore")))
    assert the_poll(back) == the_poll(closed)
    other = replace(ASK, poll="poll-two", ask=False)
    gone = handle(after(change.state, (MO, other)), MO, PollDo(poll="poll-two", act="delete"), 1)
    assert gone.saves[0] == DropPoll(POLL, ("ana",))
    assert refusal(gone.state, MO, PollDo(poll=POLL, act="restore")) == "no-poll"


def test_when_everybody_has_left_nobody_can_be_found_out_any_more() -> None:
    secret = replace(ASK, poll="poll-two", anonymous=True)
    state = after(full(), (MO, ASK), (MO, secret), (ANA, replace(vote(1), poll="poll-two")), (BO, Leave()))
    last = after(state, (MO, Leave()))
    assert consequences(state, handle(state, MO, Leave(), 1), 1).state.polls == state.polls
    change = consequences(last, handle(last, ANA, Leave(), 1), 1)
    assert [poll.status for poll in change.state.polls] == ["closed", "closed"]
    assert DropVotes("poll-two", ("ana",)) in change.saves


def test_a_room_keeps_so_many() -> None:
    state = full()
    for number in range(polls.MOST_POLLS):
        state = after(state, (MO, replace(ASK, poll=f"poll-{number:04}")))
    assert refusal(state, MO, ASK) == "too-many-polls"


def test_who_is_let_lead_may_close_what_another_asked() -> None:
    state = after(full(), (MO, ASK), (MO, Moderate(action="promote", member="ana")))
    assert the_poll(after(state, (ANA, PollDo(poll=POLL, act="close")))).status == "closed"


@given(
    st.lists(st.tuples(st.sampled_from([MO, ANA, BO]), st.sets(st.integers(0, 2)).map(tuple)), max_size=20),
    st.booleans(),
)
def test_whatever_is_answered_everybody_counts_once(
    answers: list[tuple[Actor, tuple[int, ...]]], anonymous: bool
) -> None:
    state = after(full(), (MO, replace(ASK, several=True, anonymous=anonymous)))
    last: dict[str, tuple[int, ...]] = {}
    for actor, choices in answers:
        state = after(state, (actor, vote(*choices)))
        last[actor.id] = choices
    state = after(state, (MO, PollDo(poll=POLL, act="close")))
    poll = the_poll(state)
    assert poll.voters == sum(bool(choices) for choices in last.values())
    assert poll.counts == tuple(sum(index in each for each in last.values()) for index in range(3))
