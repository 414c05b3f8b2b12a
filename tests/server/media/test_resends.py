from __future__ import annotations

from server.media.resends import BURST_S, PATIENCE_S, SHARE, SHARE_CONGESTED, Resends


def sent(resends: Resends, rate: float, seconds: float, *, congested: bool) -> float:
    """The bits/s that go out when 1,000 bytes are asked for every 10 ms."""
    out = sum(
        resends.spend(1_000, rate, 100 + step / 100, congested=congested)
        for step in range(int(seconds * 100))
    )
    return out * 8_000 / seconds


def test_repairs_keep_to_their_share_of_the_line() -> None:
    for rate in (150e3, 500e3):
        most = SHARE * rate + BURST_S * rate / 20
        assert 0.9 * SHARE * rate < sent(Resends(), rate, 20, congested=False) <= most
        assert sent(Resends(), rate, 20, congested=True) <= SHARE_CONGESTED * rate + BURST_S * rate / 20


def test_a_first_loss_is_repaired_at_once() -> None:
    assert Resends().spend(1_200, 100e3, 1_000.0, congested=True)


def test_what_is_on_its_way_is_not_sent_again() -> None:
    resends = Resends()
    assert not resends.lately(1, 7, 0.3, 50.0)
    resends.sent(1, 7, 50.0)
    assert resends.lately(1, 7, 0.3, 50.2)
    assert not resends.lately(1, 7, 0.3, 50.31)
    assert not resends.lately(2, 7, 0.3, 50.2)
    assert not resends.lately(1, 8, 0.3, 50.2)
    assert not resends.lately(1, 7, 5.0, 50.0 + PATIENCE_S)


def test_what_is_remembered_has_bounds() -> None:
    resends = Resends()
    for sequence in range(5_000):
        resends.sent(1, sequence, 50.0)
    resends.sent(1, 5_000, 50.0)
    assert resends.lately(1, 5_000, 0.1, 50.0)
    assert len(resends._sent) <= 1_024


def test_what_may_be_late_is_waited_for_once_and_not_for_longer_when_it_is_asked_for_again() -> None:
    resends = Resends()
    resends.doubt(1, 7, 50.2)
    resends.doubt(1, 7, 50.4)
    resends.doubt(1, 8, 50.3)
    assert resends.due(50.1) == []
    assert resends.due(50.2) == [(1, 7)]
    assert resends.doubtful
    assert resends.due(51.0) == [(1, 8)]
    assert not resends.doubtful
    for sequence in range(5_000):
        resends.doubt(1, sequence, 60.0)
    assert len(resends.due(60.0)) <= 1_024
