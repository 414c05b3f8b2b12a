"""Talking time of scripted dialogues that espeak-ng speaks: pauses, overlaps, rooms that hum."""

from __future__ import annotations

import numpy as np
import pytest

from server.media.talk import Talk
from tests.support.voices import Line, Samples, Voice, dialogue, hum, levels

VOICES = {"mo": Voice("en", 150, 35), "zoe": Voice("fr", 170, 70), "bo": Voice("en-us", 190, 50)}
LOOK = 5
"""Packets between two looks at the levels: the relay looks ten times a second."""

ASKED = "Thank you for coming today. What would you like to have clear, at the end of this hour?"
TOLD = (
    "J'ai commencé la deuxième partie de mon mémoire, mais je n'avance pas. Je relis toujours les mêmes "
    "articles, et chaque fois que je veux écrire, je trouve que ce n'est pas encore assez bon. J'attends."
)
LONG = (
    "When I wrote mine I had the same trouble, so I made a rule: one page before breakfast, however bad it "
    "was, and nobody would ever read it. After three weeks there was a chapter. Most of it had to be written "
    "again, but it was there, and that made all the difference."
)
SHORT = "Oui, c'est vrai."
LAUGH = "Exactly the same here, and I still have not found a way out of it."

TURNS = [
    Line("mo", 3, ASKED),
    Line("zoe", 10, TOLD),
    Line("mo", 26, LONG),
    Line("zoe", 44, SHORT),
    Line("bo", 47, LAUGH),
    Line("zoe", 53, TOLD),
    Line("mo", 70, ASKED),
    Line("bo", 78, LONG),
    Line("zoe", 94, TOLD),
]
OVERLAPS = [
    Line("mo", 3, LONG),
    Line("zoe", 8, TOLD),
    Line("bo", 12, LONG),
    Line("mo", 24, LONG),
    Line("zoe", 26, SHORT),
    Line("bo", 32, LAUGH),
    Line("zoe", 34, TOLD),
    Line("mo", 46, ASKED),
    Line("bo", 46.5, LONG),
]
ROOMS = {
    "quiet": {},
    "an office": {"mo": hum(58, 1), "zoe": hum(62, 2), "bo": hum(55, 3)},
    "a street": {"mo": hum(46, 4), "zoe": hum(52, 5), "bo": hum(44, 6)},
}


def measured(tracks: dict[str, Samples]) -> dict[str, float]:
    """Seconds spoken by each, from the levels of their packets alone."""
    talk, now = Talk(), 1_000.0
    talk.update({}, now)
    loudness = {who: [127.0 - each for each in levels(track)] for who, track in tracks.items()}
    for start in range(0, min(map(len, loudness.values())), LOOK):
        now += LOOK * 0.02
        parts = {who: told[start : start + LOOK] for who, told in loudness.items()}
        talk.update({who: sum(part) / len(part) for who, part in parts.items()}, now)
    return talk.news()


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("script", [TURNS, OVERLAPS], ids=["in turns", "over each other"])
def test_talking_time_is_within_five_percent_of_the_script(script: list[Line], room: str) -> None:
    tracks, said = dialogue(script, VOICES, 112, ROOMS[room])
    # Somebody listens, where there is a fan.
    tracks["chen"] = np.resize(hum(50, 9), len(tracks["mo"]))
    told = measured(tracks)
    assert "chen" not in told
    for who, seconds in said.items():
        assert told[who] == pytest.approx(seconds, rel=0.05), who
