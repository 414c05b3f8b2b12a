"""Talking time of scripted dialogues: made of syllables and pauses, over noise, at once with others."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from server.media.talk import Talk

STEP_S = 0.1
Script = dict[str, list[tuple[float, float]]]


def loudness(chance: random.Random, spoken: bool, noise: float) -> float:
    """The mean of a tenth of a second: syllables from -43 to -20 dBov, or the room alone."""
    room = noise + chance.uniform(-2, 2) if noise else 0.0
    return max(room, chance.uniform(84, 107)) if spoken else room


def played(script: Script, noise: dict[str, float], seed: int, seconds: float) -> Iterator[dict[str, float]]:
    """The levels of a dialogue, with the short pauses that speech is made of."""
    chance = random.Random(seed)
    pause = dict.fromkeys(script, 0)
    for step in range(round(seconds / STEP_S)):
        at = step * STEP_S
        levels = {}
        for member, parts in script.items():
            inside = any(start <= at < end - 0.05 for start, end in parts)
            edge = any(abs(at - start) < 0.15 or abs(at - end) < 0.25 for start, end in parts)
            if inside and not edge and pause[member] <= -3 and chance.random() < 0.2:
                pause[member] = chance.randint(1, 3)
            resting = inside and pause[member] > 0
            pause[member] -= 1
            levels[member] = loudness(chance, inside and not resting, noise.get(member, 0.0))
        yield levels


def heard(script: Script, noise: dict[str, float], seed: int, seconds: float = 300.0) -> dict[str, float]:
    talk, now = Talk(), 1_000.0
    talk.update({}, now)
    for levels in played(script, noise, seed, seconds):
        now += STEP_S
        talk.update(levels, now)
    return talk.news()


def said(script: Script) -> dict[str, float]:
    return {member: sum(end - start for start, end in parts) for member, parts in script.items() if parts}


TAKING_TURNS: Script = {
    "mo": [(5, 25), (60, 70), (130, 150), (200, 204)],
    "ana": [(27, 58), (72, 125), (152, 198), (206, 290)],
}
OVER_EACH_OTHER: Script = {
    "mo": [(5, 65), (100, 160)],
    "ana": [(50, 110), (150, 210)],
    "bo": [(0, 290)],
    "chi": [],
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("script", [TAKING_TURNS, OVER_EACH_OTHER])
@pytest.mark.parametrize("noise", [{}, {"ana": 62.0, "mo": 68.0}, {"ana": 76.0, "bo": 74.0, "chi": 76.0}])
def test_talking_time_is_within_five_percent(script: Script, noise: dict[str, float], seed: int) -> None:
    told, wanted = heard(script, noise, seed), said(script)
    for member, seconds in wanted.items():
        assert told[member] == pytest.approx(seconds, rel=0.05), member
    assert all(member not in told for member in script if member not in wanted)


def test_silence_is_not_talk() -> None:
    assert heard({"mo": []}, {"mo": 60.0}, 1) == {}


def test_news_are_of_those_who_have_spoken_since() -> None:
    talk = Talk()
    for step in range(30):
        talk.update({"mo": 100.0 if step < 10 else 0.0, "ana": 0.0}, step * STEP_S)
    assert list(talk.news()) == ["mo"]
    talk.update({"mo": 0.0, "ana": 0.0}, 4.0)
    assert talk.news() == {}


def test_a_pause_of_the_server_is_nobodys_speech() -> None:
    talk = Talk()
    talk.update({"mo": 100.0}, 0.0)
    talk.update({"mo": 100.0}, 60.0)
    assert talk.news().get("mo", 0.0) <= 1.0


def test_a_room_that_is_loud_from_the_first_moment_says_nothing() -> None:
    assert heard({"mo": []}, {"mo": 80.0}, 1) == {}


def test_whoever_comes_in_speaking_is_heard_from_the_first_word() -> None:
    told = heard({"mo": [(0, 12)]}, {"mo": 72.0}, 3)
    assert told["mo"] == pytest.approx(12, rel=0.05)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 1.0])
def test_of_the_moment_in_which_somebody_begins_only_what_is_speech_counts(share: float) -> None:
    talk, now, room, voice = Talk(), 1_000.0, 66.0, 106.0
    talk.update({}, now)
    for level in [*(30 * [room]), room + share * (voice - room), *(20 * [voice]), *(30 * [room])]:
        now += STEP_S
        talk.update({"mo": level}, now)
    assert talk.news() == {"mo": pytest.approx((20 + share) * STEP_S)}
