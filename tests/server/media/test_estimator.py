from __future__ import annotations

import pytest

from server.media.estimator import CEILING, FLOOR, RING, Estimator
from server.media.twcc import TransportFeedback
from tests.support.line import Line, Viewer, simulate


def worst(queues: list[float]) -> float:
    """What 95 % of the time is not exceeded."""
    return sorted(queues)[int(0.95 * len(queues))]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rate", [150e3, 300e3, 500e3, 1e6, 2e6])
def test_ten_seconds_find_the_bottleneck_and_no_queue_stands(rate: float, seed: int) -> None:
    viewer = Viewer(Line(rate, queue=1.0, seed=seed))
    simulate(40, viewer)
    assert mean(viewer.targets[90:130]) == pytest.approx(rate, rel=0.2)
    assert mean(viewer.targets[100:]) == pytest.approx(rate, rel=0.2)
    assert worst(viewer.queues[100:]) < 0.2


def test_a_full_second_of_buffer_is_not_filled() -> None:
    viewer = Viewer(Line(500e3, queue=1.0))
    simulate(40, viewer)
    assert max(viewer.queues[50:]) < 0.3
    assert mean(viewer.queues[50:]) < 0.1


@pytest.mark.parametrize("loss", [0.05, 0.15])
def test_random_loss_is_no_congestion(loss: float) -> None:
    viewer = Viewer(Line(5e6, loss=loss))
    simulate(30, viewer)
    assert min(viewer.targets[30:]) > 1.5e6


def test_random_loss_on_a_narrow_line_keeps_video() -> None:
    viewer = Viewer(Line(500e3, loss=0.15))
    simulate(40, viewer)
    assert mean(viewer.targets[100:]) > 300e3
    assert worst(viewer.queues[100:]) < 0.2


def test_jitter_of_150_ms_keeps_video() -> None:
    viewer = Viewer(Line(2e6, jitter=0.15, loss=0.02))
    simulate(40, viewer)
    assert min(viewer.targets[100:]) > 350e3


def test_a_line_that_drops_instead_of_queueing_is_found_too() -> None:
    viewer = Viewer(Line(500e3, queue=0.03))
    simulate(40, viewer)
    assert 250e3 < mean(viewer.targets[100:]) < 600e3


def test_a_line_that_shrinks_and_grows_is_followed() -> None:
    line = Line(2e6, queue=1.0)
    viewer = Viewer(line)

    def change(now: float) -> None:
        line.rate = 400e3 if 15 <= now < 28 else 2e6

    simulate(45, viewer, every=change)
    assert mean(viewer.targets[200:280]) == pytest.approx(400e3, rel=0.2)
    assert worst(viewer.queues[180:280]) < 0.2
    assert mean(viewer.targets[400:]) > 1.4e6


def test_two_behind_one_line_share_it() -> None:
    line = Line(1e6, queue=1.0)
    early, late = Viewer(line), Viewer(line, starts=10.0)
    simulate(60, early, late)
    for viewer in (early, late):
        assert mean(viewer.targets[200:]) > 200e3
        assert mean(viewer.targets[200:]) < 800e3
    assert mean(early.targets[200:]) + mean(late.targets[200:]) == pytest.approx(1e6, rel=0.25)
    assert worst(line_queues := early.queues[200:]) < 0.2, max(line_queues)


def test_lost_reports_are_not_lost_packets() -> None:
    viewer = Viewer(Line(1e6), lost_reports=0.2)
    simulate(40, viewer)
    assert mean(viewer.targets[100:]) == pytest.approx(1e6, rel=0.2)


@pytest.mark.parametrize("seed", range(5))
def test_a_line_that_is_full_both_ways_is_found_narrow_by_the_few_reports_that_come(seed: int) -> None:
    """What 150 kbit/s did to a call that had 2.5 Mbit/s both ways: most reports were lost with it."""
    line = Line(2.5e6, queue=0.3, seed=seed)
    viewer = Viewer(line)

    def change(now: float) -> None:
        if now >= 15:
            line.rate, viewer.lost_reports = 150e3, 0.7

    simulate(25, viewer, every=change)
    assert worst(viewer.targets[190:]) < 250e3


def test_what_is_not_used_is_found_by_padding() -> None:
    """A picture that is sent with 200 kbit/s shows nothing of what 2 Mbit/s carry; padding does."""
    quiet = Viewer(Line(3e6), most=200e3)
    simulate(10, quiet)
    assert max(quiet.queues) < 0.2
    assert 1.5e6 < quiet.rate.target < 3.6e6
    content = Viewer(Line(3e6), most=200e3, wanted=200e3)
    simulate(10, content)
    assert content.rate.target < 700e3, "nobody asks for what nobody wants"


def test_a_line_that_goes_silent_is_not_flooded() -> None:
    viewer = Viewer(Line(2e6))
    simulate(10, viewer)
    before = viewer.rate.target
    for index in range(60):
        viewer.rate.probe(110.0 + index / 10)
    assert viewer.rate.target < before / 2


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("elsewhere", [False, True], ids=["the same way again", "another way"])
def test_what_a_closed_way_has_lost_says_nothing_of_the_line(seed: int, elsewhere: bool) -> None:
    """Nothing comes through for a second; then the line is as good as before, or another one is."""
    line = Line(2e6, seed=seed)
    viewer = Viewer(line, most=300e3)

    def change(now: float) -> None:
        line.loss = 1.0 if 10 <= now < 11 else 0.0
        if now == pytest.approx(11):
            line.delay = 0.08 if elsewhere else 0.02
            (viewer.rate.moved if elsewhere else viewer.rate.broken)(viewer.number)

    simulate(16, viewer, every=change)
    assert min(viewer.targets[110:]) > 300e3
    assert not viewer.rate.limited
    assert viewer.rate.loss == 0


def test_another_way_that_is_narrower_is_found_to_be() -> None:
    line = Line(2e6)
    viewer = Viewer(line)

    def change(now: float) -> None:
        if now == pytest.approx(15):
            line.rate, line.delay = 300e3, 0.1
            viewer.rate.moved(viewer.number)

    simulate(35, viewer, every=change)
    assert viewer.targets[151] <= 600e3
    assert mean(viewer.targets[200:]) == pytest.approx(300e3, rel=0.2)


@pytest.mark.parametrize(
    "told",
    [
        TransportFeedback(50, 10, 0, range(10), list(range(10))),
        TransportFeedback(0, RING, 0, (0,), (5,)),
        TransportFeedback(65_000, 10, 0, range(10), list(range(10))),
    ],
    ids=["of the future", "too many", "of before the first"],
)
def test_reports_on_what_was_never_sent_change_nothing(told: TransportFeedback) -> None:
    rate = Estimator()
    for number in range(20):
        rate.sent(number, 1_000, 1.0)
    before = rate.target
    rate.feedback(told, 20, 2.0)
    assert (rate.target, rate.queue, rate.loss, rate.acked) == (before, 0.0, 0.0, 0.0)


def test_a_browser_that_reports_no_arrivals_bounds_its_line_by_its_own_estimate() -> None:
    silent = Estimator()
    assert not silent.limited
    silent.remb(200_000)
    assert silent.limited
    assert silent.target == 200_000
    viewer = Viewer(Line(2e6), most=500e3)
    simulate(5, viewer)
    before = viewer.rate.target
    viewer.rate.remb(50_000)
    assert viewer.rate.target == before
    assert not viewer.rate.limited


def test_whatever_a_browser_claims_stays_within_bounds() -> None:
    rate = Estimator()
    for bitrate in (0, 1 << 80):
        rate.remb(bitrate)
        assert FLOOR <= rate.target <= CEILING


def test_what_its_queue_has_lost_is_not_taken_for_the_lines_own_loss() -> None:
    """Speech would be said twice for it, on the very line that has no room for that."""
    line = Line(2e6, queue=0.3)
    viewer = Viewer(line, lag=1.0, paced=True)

    def change(now: float) -> None:
        line.rate = 150e3 if now >= 10 else 2e6

    simulate(25, viewer, every=change)
    assert viewer.rate.inherent(0.3) < 0.02
    lossy = Viewer(Line(300e3, queue=0.3, loss=0.15), lag=1.0, paced=True)
    simulate(25, lossy)
    assert lossy.rate.inherent(0.15) > 0.08


@pytest.mark.parametrize("seed", range(3))
def test_what_is_not_sent_raises_no_target_beyond_what_the_line_has_shown(seed: int) -> None:
    """A picture that takes three quarters of what it may: the target would rise until a keyframe cut it."""
    viewer = Viewer(Line(300e3, queue=0.3, seed=seed), lag=0.5, keyframes=6, paced=True, wanted=250e3)

    def change(now: float) -> None:
        viewer.most = 2.5e6 if now < 10 else 230e3

    simulate(40, viewer, every=change)
    assert max(viewer.targets[150:]) < 1.3 * 300e3
    assert min(viewer.targets[150:]) > 0.7 * 300e3
