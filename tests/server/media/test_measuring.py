from __future__ import annotations

import pytest

from server.media.incoming import Incoming
from server.media.measuring import FEW, FRESH_S, Measuring


def stream(*, repaired: bool = False, clock_rate: int = 48_000) -> Incoming:
    return Incoming(clock_rate, repaired=repaired)


def run(incoming: Incoming, first: int, count: int, lost: set[int], again: set[int] | None = None) -> None:
    """Let ``count`` packets come but the lost ones, those ``again`` as repairs; the rest is given up."""
    for sequence in range(first, first + count):
        if sequence not in lost:
            incoming.arrive(sequence, 0.0)
    for sequence in sorted(again or ()):
        assert incoming.arrive(sequence, 0.0, repair=True) > 0
    incoming.missing.ask(100.0, 0.1)


def test_loss_of_speech_is_counted_a_period_at_a_time() -> None:
    measuring, speech = Measuring(), stream()
    run(speech, 0, 100, {10, 20, 30, 40, 50})
    assert measuring.take(speech, [], 0.1, 1.0).loss_up == pytest.approx(0.05)
    run(speech, 100, 50, set())
    assert measuring.take(speech, [], 0.1, 3.0).loss_up == 0.0


def test_what_was_repaired_was_not_lost() -> None:
    measuring, speech = Measuring(), stream()
    run(speech, 0, 100, {10, 20, 30, 40}, {10, 20, 30})
    assert measuring.take(speech, [], None, 1.0).loss_up == pytest.approx(0.01)


def test_what_is_still_asked_for_counts_when_it_is_given_up() -> None:
    measuring, speech = Measuring(), stream()
    for sequence in [*range(50), *range(60, 100)]:
        speech.arrive(sequence, 0.0)
    assert measuring.take(speech, [], None, 1.0).loss_up == 0.0
    speech.missing.ask(100.0, 0.1)
    run(speech, 100, 50, set())
    assert measuring.take(speech, [], None, 3.0).loss_up == pytest.approx(10 / 50)


def test_speech_counts_before_pictures_which_count_by_the_worst() -> None:
    measuring, speech, face, screen = Measuring(), stream(), stream(clock_rate=90_000), stream()
    run(speech, 0, 100, set())
    run(face, 0, 100, {5, 6})
    run(screen, 0, 100, {5})
    assert measuring.take(speech, [face, screen], None, 1.0).loss_up == 0.0
    run(face, 100, 100, {105, 106, 107})
    run(screen, 100, 100, {105})
    assert measuring.take(speech, [face, screen], None, 3.0).loss_up == pytest.approx(0.03)


def test_too_few_packets_say_nothing_yet() -> None:
    measuring, speech = Measuring(), stream()
    run(speech, 0, FEW - 1, set())
    assert measuring.take(speech, [], None, 1.0).loss_up is None
    run(speech, FEW - 1, 1, set())
    assert measuring.take(speech, [], None, 3.0).loss_up == 0.0


def test_a_restarted_stream_is_counted_anew() -> None:
    measuring, speech = Measuring(), stream()
    run(speech, 0, 100, {3, 4})
    measuring.take(speech, [], None, 1.0)
    speech.restart()
    run(speech, 500, 20, {505})
    assert measuring.take(speech, [], None, 3.0).loss_up == pytest.approx(1 / 20)


def test_the_browsers_word_goes_before_its_reports_while_it_is_fresh() -> None:
    measuring = Measuring()
    measuring.told("video", 0.4, 0.01)
    assert measuring.take(None, [], None, 0.0).loss_down == 0.4
    measuring.told("audio", 0.2, 0.03)
    measuring.told("video", 0.4, 0.01)
    measured = measuring.take(None, [], None, 1.0)
    assert (measured.loss_down, measured.jitter_down, measured.buffer) == (0.2, 0.03, None)
    measuring.told("audio", 0.2, 0.03)
    measuring.heard(0.01, 0.08, 2.0)
    measured = measuring.take(None, [], None, 3.0)
    assert (measured.loss_down, measured.buffer) == (0.01, 0.08)
    assert measuring.take(None, [], None, 2.0 + FRESH_S).loss_down == 0.01
    measured = measuring.take(None, [], None, 2.1 + FRESH_S)
    assert (measured.loss_down, measured.buffer) == (None, None)
