from __future__ import annotations

import pytest

from server.media.emodel import BEST, buffer_s, mos, r_factor


def test_a_perfect_line_has_the_default_rating() -> None:
    assert r_factor(0.1, 0.0) == BEST
    assert mos(BEST) == pytest.approx(4.41, abs=0.005)


@pytest.mark.parametrize(("rating", "score"), [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)])
def test_opinions_are_those_of_annex_b(rating: float, score: float) -> None:
    """G.107 table B.1."""
    assert mos(rating) == pytest.approx(score, abs=0.01)


def test_opinions_end_at_one_and_four_and_a_half() -> None:
    assert mos(-3) == 1.0
    assert mos(3) >= 1.0
    assert mos(120) == 4.5


@pytest.mark.parametrize(("delay", "rating"), [(0.2, 90.2), (0.3, 78.4), (0.4, 69.1), (0.5, 62.6)])
def test_delay_costs_what_g107_says(delay: float, rating: float) -> None:
    """Idd by hand from clause 7.4: 3.0, 14.8, 24.1 and 30.6."""
    assert r_factor(delay, 0.0) == pytest.approx(rating, abs=0.1)


def test_loss_costs_what_the_robustness_says() -> None:
    assert r_factor(0.1, 0.05) == pytest.approx(BEST - 95 * 5 / 25)
    assert r_factor(0.1, 0.05, fec=False) == pytest.approx(BEST - 95 * 5 / 15)


def test_more_of_anything_bad_is_never_better() -> None:
    delays = [r_factor(ms / 1000, 0.02) for ms in range(0, 2_000, 25)]
    losses = [r_factor(0.15, share / 100) for share in range(101)]
    rates = [r_factor(0.1, 0.02, bitrate=kbit * 1000.0) for kbit in range(64, 5, -1)]
    for ratings in (delays, losses, rates):
        assert ratings == sorted(ratings, reverse=True)
        assert 0 <= ratings[-1] <= ratings[0] <= BEST


def test_speech_of_few_bits_is_worth_less() -> None:
    assert r_factor(0.1, 0.0, bitrate=32_000) == BEST
    assert r_factor(0.1, 0.0, bitrate=12_000) == pytest.approx(BEST - 3.19, abs=0.01)


def test_a_jitter_buffer_follows_the_jitter() -> None:
    assert buffer_s(0.0) == 0.04
    assert buffer_s(0.05) == pytest.approx(0.17)
