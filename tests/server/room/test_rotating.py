"""Rounds of a speed rotation by the rules alone: one after the other, whoever comes and goes."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from signaling.messages import ApartCommand, Rotate
from tests.server.room.gathering import MINUTE, Gathering, crowd

ALL = Rotate(between="all", minutes=5, stay=("m0",))
ROLES = Rotate(between="roles", minutes=5)


class Witness:
    """Sees who meets whom, and who has nobody."""

    def __init__(self, room: Gathering) -> None:
        self._room = room
        self.met: Counter[frozenset[str]] = Counter()
        self._seen: set[tuple[str, frozenset[str]]] = set()

    def look(self) -> None:
        room = self._room
        if room.together:
            return
        for small in room.apart.rooms:
            for pair in combinations(small.members, 2):
                key = (small.id, frozenset(pair))
                if key not in self._seen:
                    self._seen.add(key)
                    self.met[frozenset(pair)] += 1

    def nobody_is_alone(self) -> None:
        room = self._room
        if room.together or len(room.state.members) < 2:
            return
        assert 1 not in [len(small.members) for small in room.apart.rooms]
        assert len(room.main) != 1 or room.main <= {"m0", "seer"}


def test_rounds_follow_each_other_by_the_clock_and_after_the_last_everybody_is_back() -> None:
    room = crowd(1, 6)
    witness = Witness(room)
    room.says("m0", ALL)
    for index in range(5):
        assert room.apart.rounds is not None
        assert (room.apart.rounds.index, room.apart.rounds.count) == (index, 5)
        assert room.main == {"m0"}
        assert room.apart.until_ms == room.now_ms + 5 * MINUTE
        witness.look()
        room.passes(5 * MINUTE - 1)
        assert room.apart.rounds.index == index
        room.passes(1)
    assert room.together
    assert set(witness.met.values()) == {1}
    assert len(witness.met) == 15


def test_no_more_rounds_than_were_asked_for() -> None:
    room = crowd(1, 8)
    room.says("m0", replace(ALL, rounds=2))
    room.says("m0", ApartCommand(action="next"))
    assert room.apart.rounds is not None
    assert (room.apart.rounds.index, room.apart.rounds.count) == (1, 2)
    room.says("m0", ApartCommand(action="next"))
    assert room.together
    assert room.refuses("m0", ApartCommand(action="next")) == "apart-state"


def test_mentors_stay_in_their_room_and_meet_each_mentee() -> None:
    room = crowd(3, 3)
    witness = Witness(room)
    room.says("m0", ROLES)
    while not room.together:
        assert [small.members[0] for small in room.apart.rooms] == ["m0", "m1", "m2"]
        witness.look()
        room.says("m0", ApartCommand(action="next"))
    assert witness.met == Counter(frozenset((f"m{one}", f"e{two}")) for one in range(3) for two in range(3))


def test_one_of_an_odd_number_pauses_with_whoever_stays_and_each_once() -> None:
    room = crowd(1, 7)
    room.says("m0", ALL)
    paused: list[str] = []
    while not room.together:
        assert room.apart.rounds is not None
        paused += room.apart.rounds.pausing
        assert room.main == {"m0", *room.apart.rounds.pausing}
        room.says("m0", ApartCommand(action="next"))
    assert sorted(paused) == [f"e{index}" for index in range(7)]


def test_where_nobody_stays_three_are_together() -> None:
    room = crowd(2, 5)
    room.says("m0", replace(ALL, stay=()))
    assert not room.main
    assert sorted(map(len, room.groups)) == [2, 2, 3]


def test_who_is_left_alone_meets_who_pauses() -> None:
    room = crowd(1, 7)
    room.says("m0", ALL)
    assert room.apart.rounds is not None
    (pausing,) = room.apart.rounds.pausing
    alone, gone = room.groups[0]
    room.leave(gone)
    assert room.groups[0] == sorted((alone, pausing))
    assert room.main == {"m0"}
    assert room.apart.rounds is not None
    assert room.apart.rounds.pausing == ()


def test_who_is_left_alone_and_finds_nobody_pauses() -> None:
    room = crowd(1, 6)
    room.says("m0", ALL)
    alone, gone = room.groups[0]
    room.leave(gone)
    assert room.main == {"m0", alone}
    assert room.apart.rounds is not None
    assert room.apart.rounds.pausing == (alone,)


def test_who_is_left_alone_where_nobody_stays_joins_others() -> None:
    room = crowd(1, 5)
    room.says("m0", replace(ALL, stay=()))
    room.leave(room.groups[0][0])
    assert not room.main
    assert sorted(map(len, room.groups)) == [0, 2, 3]


def test_who_comes_late_meets_people_from_the_next_round_on() -> None:
    room = crowd(1, 6)
    room.says("m0", ALL)
    room.come("late")
    assert "late" in room.main
    room.says("m0", ApartCommand(action="next"))
    assert room.room_of("late")


def test_a_second_rotation_goes_on_where_the_first_one_ended() -> None:
    room = crowd(1, 6)
    witness = Witness(room)
    room.says("m0", replace(ALL, rounds=2))
    witness.look()
    room.says("m0", ApartCommand(action="next"))
    witness.look()
    room.says("m0", ApartCommand(action="back"))
    room.says("m0", ALL)
    while not room.together:
        witness.look()
        room.says("m0", ApartCommand(action="next"))
    assert set(witness.met.values()) == {1}
    assert len(witness.met) == 15


def test_a_call_back_ends_a_rotation() -> None:
    room = crowd(1, 6)
    room.says("m0", ALL)
    room.says("m0", ApartCommand(action="back", seconds=10))
    room.passes(10_000)
    assert room.together


def test_nobody_meets_anybody_where_there_is_but_one_side() -> None:
    assert crowd(1, 4).refuses("m0", replace(ROLES, stay=("m0",))) == "too-few"
    assert crowd(1, 1).refuses("m0", ALL) == "too-few"


def test_who_observes_meets_nobody() -> None:
    room = crowd(1, 4)
    room.come("seer")
    room.says("m0", ALL)
    assert room.main == {"m0", "seer"}


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_whoever_comes_and_goes_nobody_is_alone_and_hardly_anybody_meets_twice(data: st.DataObject) -> None:
    room = crowd(data.draw(st.integers(2, 3)), data.draw(st.integers(3, 9)))
    stay = ("m0",) if data.draw(st.booleans()) else ()
    witness = Witness(room)
    between = data.draw(st.sampled_from(["all", "roles"]))
    odd = data.draw(st.sampled_from(["pause", "join"]))
    wish = Rotate(between=between, minutes=5, odd=odd, stay=stay)
    room.says("m0", wish)
    joined = 0
    for _ in range(data.draw(st.integers(1, 12))):
        if room.together:
            break
        here = [each.id for each in room.state.members if each.id != "m0"]
        gone = [each for each in ("late", "later", "e0", "e1", "m1") if room.state.member(each) is None]
        step = data.draw(st.sampled_from(["next", "leave", "come"]))
        if step == "next":
            room.says("m0", ApartCommand(action="next"))
        elif step == "leave" and len(here) > 2:
            room.leave(data.draw(st.sampled_from(here)))
            joined += 1
        elif step == "come" and gone:
            guest = data.draw(st.sampled_from(gone))
            if room.state.record.guest(guest) is not None:
                room.come(guest)
                joined += 1
        witness.nobody_is_alone()
        witness.look()
    # Only whoever was alone in mid-round, and had met everybody who could be joined, meets somebody again.
    again = sum(
        count - 1
        for pair, count in witness.met.items()
        if between == "all" or len({person.startswith("m") for person in pair}) == 2
    )
    assert again <= 2 * joined
