"""When a browser counts as unheard."""

from __future__ import annotations

from server.media.silence import LEAST_S, MOST_S, Silence


class Listening:
    """Looks ten times a second; ``told`` are the instants at which silence was told of."""

    def __init__(self) -> None:
        self.silence = Silence()
        self.now = 100.0
        self.mark = 0
        self.told: list[float] = []

    def pass_by(self, seconds: float, every: float | None, *, expected: bool = True) -> float:
        """Let time pass in which something comes each ``every`` seconds; return when the last of it came."""
        last = begin = self.now
        due = 0.0
        for step in range(round(seconds * 10)):
            self.now = begin + step / 10
            if every is not None and self.now - begin >= due:
                self.mark += 1
                due += every
                last = self.now
            if self.silence.look(self.mark, self.now, expected=expected):
                self.told.append(self.now)
        self.now = begin + seconds
        return last


def test_silence_after_a_steady_flow_is_told_within_a_second_and_again_with_growing_pauses() -> None:
    listening = Listening()
    last = listening.pass_by(5, 0.1)
    listening.pass_by(30, None)
    waits = [told - last for told in listening.told]
    assert LEAST_S <= waits[0] <= LEAST_S + 0.25
    assert listening.silence.unheard
    assert [round(wait) for wait in waits[1:]] == [4, 8, 16]


def test_who_is_heard_again_is_not_unheard_any_more() -> None:
    listening = Listening()
    listening.pass_by(5, 0.1)
    listening.pass_by(2, None)
    listening.pass_by(2, 0.1)
    assert len(listening.told) == 1
    assert not listening.silence.unheard


def test_pauses_that_were_there_before_ask_for_patience() -> None:
    listening = Listening()
    listening.pass_by(10, 0.7)
    assert not listening.told
    last = listening.pass_by(0.1, 0.1)
    listening.pass_by(1.5, None)
    assert not listening.told
    listening.pass_by(2, None)
    assert listening.told
    assert listening.told[0] - last <= 2.5 * 0.7 + 0.3


def test_patience_has_an_end() -> None:
    listening = Listening()
    listening.pass_by(20, 5.0)
    last = listening.pass_by(0.1, 0.1)
    listening.pass_by(10, None)
    assert listening.told[0] - last <= MOST_S + 0.2


def test_nothing_is_told_before_anything_was_steady() -> None:
    listening = Listening()
    listening.pass_by(0.8, 0.1)
    listening.pass_by(10, None)
    assert not listening.told


def test_where_nothing_has_to_come_silence_means_nothing() -> None:
    listening = Listening()
    listening.pass_by(5, 0.1)
    listening.pass_by(10, None, expected=False)
    assert not listening.told
    listening.pass_by(0.5, None)
    assert not listening.told


def test_a_switched_off_source_does_not_end_a_silence_that_was_told() -> None:
    listening = Listening()
    listening.pass_by(5, 0.1)
    listening.pass_by(1.5, None)
    listening.pass_by(1, None, expected=False)
    assert listening.silence.unheard
