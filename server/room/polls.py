"""Polls: asked by who leads, answered once by each, counted for all. Pure.

Who answered what in an anonymous poll is known only while it is open, so that an answer can be changed and
nobody counts twice; closing it keeps the counts and forgets the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from server.room import members
from server.room.change import Change, DropPoll, DropVotes, Save, SavePoll, SaveVote, Send
from server.room.names import clean
from server.room.poll_record import PollRecord, Vote
from server.room.state import RoomState
from signaling.errors import ProtocolError
from signaling.polls import MOST_CHOICES, OwnVote, Poll, PollAct, PollDo, PollDraft, PollVote, Voted

LONGEST_QUESTION = 300
LONGEST_CHOICE = 120
LEAST_ANONYMOUS = 3
"""Fewer answers than these could be told apart by when they came: they are not counted out before the end."""

MOST_POLLS = 50
"""A room keeps so many, drafts included."""


def draft(state: RoomState, by: str, message: PollDraft, now_ms: int) -> Change:
    """Writes a question down, or asks it at once. Raises ``ProtocolError`` with the field at fault."""
    members.leading(state, by)
    known = state.poll(message.poll)
    if state.deleted_poll is not None and state.deleted_poll.id == message.poll:
        raise ProtocolError("no-poll", "poll")
    if known is not None and known.status != "draft":
        raise ProtocolError("poll-state", "poll", f"a draft of one that is {known.status}")
    if known is None and len(state.polls) >= MOST_POLLS:
        raise ProtocolError("too-many-polls")
    question, choices = _question(message.question), _choices(message.choices)
    poll = PollRecord(
        id=message.poll,
        question=question,
        choices=choices,
        several=message.several,
        anonymous=message.anonymous,
        status="open" if message.ask else "draft",
        by=by,
        at_ms=now_ms if known is None else known.at_ms,
        counts=(0,) * len(choices),
    )
    if poll == known:
        return Change(state)
    return _changed(state, poll)


def do(state: RoomState, by: str, message: PollDo) -> Change:
    """Carries out what a facilitator does with a poll. Raises ``ProtocolError``."""
    members.leading(state, by)
    return _acts[message.act](state, message.poll)


def vote(state: RoomState, by: str, message: PollVote) -> Change:
    """Counts an answer, or counts it anew. Raises ``ProtocolError``."""
    members.entered(state, by)
    poll = _known(state, message.poll)
    if poll.status != "open":
        raise ProtocolError("poll-state", "poll", f"a vote while {poll.status}")
    choices = tuple(sorted(set(message.choices)))
    if any(choice >= len(poll.choices) for choice in choices) or (len(choices) > 1 and not poll.several):
        raise ProtocolError("bad-message", "choices")
    if poll.vote_of(by) == choices:
        return Change(state)
    answered = Vote(member=by, choices=choices)
    told = Send(Voted(vote=OwnVote(poll=poll.id, choices=choices)), to=by)
    after = poll.with_vote(answered)
    return Change(state.with_poll(after), (SaveVote(poll.id, answered),), (told,), polls=(poll.id,))


def followed(before: RoomState, change: Change) -> Change:
    """When everybody has left, what is open is closed: no answer can come, and none is known any longer."""
    if change.state.members or not before.members:
        return change
    for poll in change.state.polls:
        if poll.status == "open":
            step = _close(change.state, poll.id)
            saves, polls = change.saves + step.saves, change.polls + step.polls
            change = replace(change, state=step.state, saves=saves, polls=polls)
    return change


def shown(state: RoomState, poll: PollRecord, member: str) -> Poll | None:
    """The poll for this person's eyes: no draft but for who leads, no counts before one's own answer."""
    leads = state.facilitates(member)
    if poll.status == "draft" and not leads:
        return None
    return poll.shown(counts=may_count(state, poll, member))


def may_count(state: RoomState, poll: PollRecord, member: str) -> bool:
    """Whether this person may see the counts: who leads always, others after their answer or at the end."""
    if poll.status == "closed":
        return True
    if poll.anonymous and poll.voters < LEAST_ANONYMOUS:
        return False
    return state.facilitates(member) or bool(poll.vote_of(member))


def voters(state: RoomState, poll_id: str, member: str) -> tuple[tuple[str, ...], ...]:
    """For each choice who gave it. Raises ``ProtocolError`` where that is not for this person."""
    members.entered(state, member)
    poll = _known(state, poll_id)
    if poll.anonymous or poll.status == "draft" or not may_count(state, poll, member):
        raise ProtocolError("poll-secret", "poll")
    return tuple(
        tuple(vote.member for vote in poll.votes if index in vote.choices)
        for index in range(len(poll.choices))
    )


def _known(state: RoomState, poll_id: str) -> PollRecord:
    poll = state.poll(poll_id)
    if poll is None:
        raise ProtocolError("no-poll", "poll")
    return poll


def _question(typed: str) -> str:
    question = clean(typed)
    if not question or len(question) > LONGEST_QUESTION:
        raise ProtocolError("poll-question", "question")
    return question


def _choices(typed: tuple[str, ...]) -> tuple[str, ...]:
    choices = tuple(choice for choice in (clean(each) for each in typed) if choice)
    if not 2 <= len(choices) <= MOST_CHOICES or len(set(choices)) < len(choices):
        raise ProtocolError("poll-choices", "choices")
    if any(len(choice) > LONGEST_CHOICE for choice in choices):
        raise ProtocolError("poll-choices", "choices")
    return choices


def _changed(state: RoomState, poll: PollRecord, *saves: Save) -> Change:
    return Change(state.with_poll(poll), (SavePoll(poll), *saves), polls=(poll.id,))


def _open(state: RoomState, poll_id: str) -> Change:
    poll = _known(state, poll_id)
    if poll.status != "draft":
        raise ProtocolError("poll-state", "act", f"open while {poll.status}")
    return _changed(state, replace(poll, status="open"))


def _close(state: RoomState, poll_id: str) -> Change:
    """The counts stay, and are shown to everybody; of an anonymous poll nothing else does."""
    poll = _known(state, poll_id)
    if poll.status != "open":
        raise ProtocolError("poll-state", "act", f"close while {poll.status}")
    closed = poll.closed()
    forgotten = tuple(vote.member for vote in poll.votes) if poll.anonymous else ()
    return _changed(state, closed, *([DropVotes(poll.id, forgotten)] if forgotten else []))


def _show(state: RoomState, poll_id: str) -> Change:
    return _on_screens(state, poll_id, shown=True)


def _hide(state: RoomState, poll_id: str) -> Change:
    return _on_screens(state, poll_id, shown=False)


def _on_screens(state: RoomState, poll_id: str, *, shown: bool) -> Change:
    poll = _known(state, poll_id)
    if poll.status != "closed":
        raise ProtocolError("poll-state", "act", f"shown while {poll.status}")
    return Change(state) if poll.shown_to_all == shown else _changed(state, replace(poll, shown_to_all=shown))


def _delete(state: RoomState, poll_id: str) -> Change:
    """Gone for all, but kept until another one is deleted, should it have been a slip."""
    poll = _known(state, poll_id)
    if poll.status == "open":
        raise ProtocolError("poll-state", "act", "delete while open")
    before = state.deleted_poll
    saves: list[Save] = [SavePoll(replace(poll, deleted=True))]
    if before is not None:
        saves.insert(0, DropPoll(before.id, tuple(vote.member for vote in before.votes)))
    return Change(state.without_poll(poll), tuple(saves), polls=(poll.id,))


def _restore(state: RoomState, poll_id: str) -> Change:
    poll = state.deleted_poll
    if poll is None or poll.id != poll_id:
        raise ProtocolError("no-poll", "poll")
    return _changed(replace(state, deleted_poll=None), replace(poll, deleted=False))


_acts: Mapping[PollAct, Callable[[RoomState, str], Change]] = MappingProxyType(
    {
        "open": _open,
        "close": _close,
        "show": _show,
        "hide": _hide,
        "delete": _delete,
        "restore": _restore,
    }
)
