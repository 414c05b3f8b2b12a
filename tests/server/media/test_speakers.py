from __future__ import annotations

import random

from server.media.speakers import HEARD, HOLD_S, SILENCE_S, UNTOLD, Speakers

QUIET, SPEECH, LOUD = 50.0, 95.0, 110.0


class Room:
    """Members with levels, updated every 100 ms."""

    def __init__(self, *members: str) -> None:
        self.levels = dict.fromkeys(members, QUIET)
        self.speakers = Speakers()
        self.now = 0.0
        self.changes: list[str | None] = []

    def run(self, seconds: float, **levels: float) -> str | None:
        self.levels |= levels
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            before = self.speakers.speaker
            self.speakers.update(self.levels, self.now)
            if self.speakers.speaker != before:
                self.changes.append(self.speakers.speaker)
        return self.speakers.speaker


def test_nobody_speaks_in_a_quiet_room() -> None:
    room = Room("a", "b")
    assert room.run(10) is None
    assert room.changes == []


def test_the_one_who_speaks_is_the_speaker_at_once() -> None:
    room = Room("a", "b")
    assert room.run(0.5, b=SPEECH) == "b"


def test_silence_ends_it_after_a_while() -> None:
    room = Room("a", "b")
    room.run(2, b=SPEECH)
    assert room.run(SILENCE_S / 2, b=QUIET) == "b"
    assert room.run(SILENCE_S + 1.5) is None


def test_the_other_takes_over_when_the_first_stops() -> None:
    room = Room("a", "b")
    room.run(3, a=SPEECH)
    assert room.run(HOLD_S + 1.5, a=QUIET, b=SPEECH) == "b"


def test_someone_much_louder_takes_over() -> None:
    room = Room("a", "b")
    room.run(3, a=SPEECH)
    assert room.run(1, b=LOUD) == "b"


def test_two_at_once_do_not_flicker() -> None:
    room, chance = Room("a", "b"), random.Random(7)
    for _ in range(200):
        room.run(0.1, a=SPEECH + chance.uniform(-6, 6), b=SPEECH + chance.uniform(-6, 6))
    assert len(room.changes) <= 3


def test_who_leaves_is_forgotten() -> None:
    room = Room("a", "b")
    room.run(1, a=LOUD)
    del room.levels["a"]
    assert room.run(0.1) != "a"
    assert room.speakers.recent == ["b"]


def test_whoever_speaks_is_soon_among_those_heard() -> None:
    room = Room(*"abcdefgh")
    assert room.run(1, h=SPEECH) == "h"
    assert "h" in room.speakers.recent[:HEARD]
    room.run(1, h=QUIET, g=SPEECH)
    assert {"g", "h"} <= set(room.speakers.recent[:HEARD])


def test_speakers_stay_heard_while_others_are_quiet() -> None:
    room = Room(*"abcdefgh")
    room.run(2, e=SPEECH, f=SPEECH, g=SPEECH, h=SPEECH)
    assert set(room.speakers.recent[: HEARD + 1]) == set("efgh")
    order = list(room.speakers.recent)
    room.run(5)
    assert room.speakers.recent == order


def test_five_at_once_do_not_push_each_other_out_all_the_time() -> None:
    room, chance = Room(*"abcdefgh"), random.Random(3)
    moves = 0
    for _ in range(200):
        before = set(room.speakers.recent[:HEARD])
        room.run(0.1, **{m: SPEECH + chance.uniform(-5, 5) for m in "abcde"})
        moves += before != set(room.speakers.recent[:HEARD])
    assert moves <= 8


def test_sound_of_unknown_loudness_is_heard_but_overtakes_nobody() -> None:
    room = Room("a", "b", "c", "d", "e", "z")
    assert "z" not in room.speakers.recent[:HEARD]
    assert room.run(2, z=UNTOLD) == "z"
    assert "z" in room.speakers.recent[:HEARD]
    assert room.run(2, b=SPEECH) == "b"
    talking = Room("a", "b", "c", "d", "z")
    talking.run(2, a=SPEECH, b=SPEECH, c=SPEECH, d=SPEECH)
    talking.run(5, z=UNTOLD)
    assert "z" not in talking.speakers.recent[:HEARD]


def test_who_begins_to_speak_takes_a_silent_place_at_once() -> None:
    room = Room("a", "b", "c", "d", "e")
    room.run(2, a=SPEECH, b=SPEECH, c=SPEECH)
    assert not room.speakers.begin("e"), "all three speak"
    room.run(2, a=SPEECH, b=QUIET, c=SPEECH)
    assert room.speakers.begin("e")
    assert set(room.speakers.recent[:HEARD]) == {"a", "c", "e"}
    assert room.speakers.recent[HEARD] == "b"
    assert not room.speakers.begin("e"), "is heard already"
    assert not room.speakers.begin("z"), "is not here"
    room.run(0.5, e=SPEECH)
    assert set(room.speakers.recent[:HEARD]) == {"a", "c", "e"}
