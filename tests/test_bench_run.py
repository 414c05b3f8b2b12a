"""The benchmarks themselves: a small load on the real server, what they print, what they say is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.isolation import isolated, missing
from bench.joining import Times, free_port
from bench.load.people import Meeting
from bench.ours import CompagnonServer, Delays
from bench.points import GROUP, POINTS, Figures, Outcome, Point, forwarding_delay, measure
from bench.relaying import ratio_of
from bench.servers import Child, family
from tests.support.browsers import eventually

ROOT = Path(__file__).parents[1]


# ---------------------------------------------------------------- a load on the real server


async def test_people_of_the_load_meet_in_the_real_server(tmp_path: Path) -> None:
    server = CompagnonServer(tmp_path / "server", "127.0.0.1", free_port())
    try:
        await server.start()
        point = Point("small", "two rooms of three", 2, (True, True, False))
        outcome = await measure(point, [server], rounds=1, seconds=1.0, as_negotiated=False)
        delays = await forwarding_delay(server, 0.5)
    finally:
        server.stop()
    (figures,) = outcome.figures
    assert figures.sound, figures
    assert (figures.asked, figures.repaired) == (6, 6)
    assert figures.profiles == {"SRTP_AEAD_AES_128_GCM"}
    # In a room two watch one other and one watches two: 8 voices of 50 packets, 8 pictures of 100 and more.
    assert figures.rate[0] > 8 * 120
    assert 1 < figures.median < 5_000
    assert delays.total > 0
    assert delays.percentile(0.5) <= delays.percentile(0.99)


async def test_a_load_that_misses_a_sender_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures of a server that forwards less than everything would look good and mean nothing."""
    monkeypatch.setattr("bench.points._READY_TIMEOUT", 1.0)
    server = CompagnonServer(tmp_path / "server", "127.0.0.1", free_port())
    monkeypatch.setattr(Meeting, "add", _expect_one_more)
    try:
        await server.start()
        with pytest.raises(TimeoutError, match="reaches"):
            await measure(Point("p", "", 1, (True, False)), [server], 1, 0.1, as_negotiated=False)
    finally:
        server.stop()


def _expect_one_more(self: Meeting, other: Meeting) -> None:
    self.senders += other.senders
    self.receivers += [(peer, others + 1) for peer, others in other.receivers]


# ---------------------------------------------------------------- what is printed


def test_the_points_are_those_that_were_promised() -> None:
    assert [(point.name, point.rooms, len(point.people)) for point in POINTS] == [
        ("1", 6, 2),
        ("4", 3, 5),
        ("9", 2, 10),
        ("24", 1, 25),
        ("pairs", 20, 2),
    ]
    assert all(GROUP.people)
    assert len(GROUP.people) == 8


def test_the_ratio_is_to_the_better_of_the_others() -> None:
    ours, slow, fast = (Figures(cost=cost) for cost in ([9.0, 1.0, 8.0], [20.0], [16.0, 10.0, 90.0]))
    assert ratio_of(Outcome([ours, slow, fast], 0.1, 0.0)) == 8.0 / 16.0


def test_figures_are_sound_only_when_everything_was_checked_and_right() -> None:
    good = {"sampled": 10, "bad": 0, "lost": 0, "asked": 3, "repaired": 3, "senders": 2, "informed": 2}
    assert Figures(**good).sound
    for wrong in ({"sampled": 0}, {"bad": 1}, {"lost": 1}, {"repaired": 2}, {"informed": 1}):
        assert not Figures(**{**good, **wrong}).sound


METRICS = """
# TYPE compagnon_forwarding_delay_seconds histogram
compagnon_forwarding_delay_seconds_bucket{le="0.001"} 50.0
compagnon_forwarding_delay_seconds_bucket{le="0.002"} 98.0
compagnon_forwarding_delay_seconds_bucket{le="+Inf"} 100.0
"""


def test_delays_are_never_shown_too_low() -> None:
    delays = Delays.read(METRICS)
    assert delays.counts == (50, 48, 2)
    assert delays.percentile(0.5) == 0.001
    assert delays.percentile(0.51) == 0.002
    assert delays.percentile(0.99) == float("inf")
    later = Delays(delays.bounds, (60, 48, 2))
    assert later.since(delays).counts == (10, 0, 0)
    with pytest.raises(ValueError, match="histogram"):
        Delays.read("")


def test_join_times_show_median_and_ninth_decile() -> None:
    times = Times(sees=[float(value) for value in range(100, 201, 10)], is_seen=[300.0, 320.0])
    assert times.line("compagnon") == (
        "compagnon            median 150 ms, p90 190 ms (100 to 200); is seen by the other after 310 ms"
    )


# ---------------------------------------------------------------- processes and places


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/exe").exists()


async def test_a_child_is_ended_with_its_own_children_and_its_cpu_is_counted(tmp_path: Path) -> None:
    program = "import subprocess, time; subprocess.Popen(['sleep', '60']); sum(range(10**7)); time.sleep(60)"
    child = Child([sys.executable, "-c", program], tmp_path / "log", tmp_path)

    async def busy() -> bool:
        return child.cpu() > 0.05 and len(family(child.pid)) == 2

    try:
        await eventually(busy, "the child has a child and has worked")
        pids = family(child.pid)
    finally:
        child.stop()
    assert not child.running

    async def gone() -> bool:
        return not any(alive(pid) for pid in pids)

    await eventually(gone, "both are gone")


@pytest.mark.parametrize("name", ["relay", "join"])
def test_without_an_environment_one_sentence_says_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / "bench").mkdir()
    for file in (name, "environment.py", "__init__.py"):
        shutil.copy(ROOT / "bench" / file, tmp_path / "bench" / file)
    done = subprocess.run([tmp_path / "bench" / name], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"There is no .venv yet: start ./run once, then bench/{name} again.\n"


def test_what_the_namespace_needs_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not isolated()
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert missing() is None
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert missing() == "This benchmark makes a network namespace: start it as root."
    monkeypatch.setattr("shutil.which", lambda name: None if name == "ip" else name)
    assert missing() == "ip is missing: type apt-get install iproute2."
