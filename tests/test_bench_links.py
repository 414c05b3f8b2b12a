"""The emulated line of bench/links: it delays, loses and queues as it says."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import time

import pytest

from bench.emulate import Direction, Emulated, Line
from bench.lines import NO_CALL, ROWS, Call, Goal, Heard, Moment, Row, Took, reached, summary, table
from tests.support import lacking


def test_a_rate_makes_packets_wait_their_turn_and_a_full_queue_drops() -> None:
    way = Direction(Line(rate=100, queue=200))
    arrivals = [way.departure(1_250, 0.0) for _ in range(5)]
    assert arrivals == [pytest.approx(0.1), pytest.approx(0.2), pytest.approx(0.3), None, None]
    told = way.told()
    assert (told["packets"], told["dropped"], told["longest"]) == (5, 2, pytest.approx(200))
    assert way.told()["packets"] == 0


def test_loss_and_jitter_are_as_asked() -> None:
    way = Direction(Line(delay=100, jitter=50, loss=15), random.Random(7))
    arrivals = [way.departure(100, 0.0) for _ in range(10_000)]
    came = [at for at in arrivals if at is not None]
    assert 0.13 < 1 - len(came) / len(arrivals) < 0.17
    assert 0.05 <= min(came) < 0.051
    assert 0.149 < max(came) <= 0.15


def test_a_picture_that_never_moved_was_frozen_and_silence_was_not_heard() -> None:
    nothing = {"samples": 0, "concealed": 0, "frames": 0, "frozen": 0.0, "width": 0, "height": 0, "bytes": 0}
    still = Heard.between(nothing, nothing, 10)
    assert (still.concealed, still.frozen, still.frames) == (100, 60, 0)
    assert not reached(Goal(5, None, None), [still])


def test_a_row_tells_the_median_of_the_worse_direction() -> None:
    row = Row("", {}, Goal(1, 0.5, 14))
    good, bad = Heard(0.2, 0, 15, "640x360", 500), Heard(3, 2, 9, "320x180", 80)
    assert summary(row, [Call((good, bad), 20)]) == ("3.0 % / 2.0 s / 9.0", False)
    calls = [Call((good, bad), 20), Call((good, good), 20), Call((good, good), 20)]
    assert summary(row, calls) == ("0.2 % / 0.0 s / 15.0", True)
    assert summary(row, [NO_CALL]) == ("100.0 % / no picture", False)


def test_what_never_came_back_is_longer_than_anything() -> None:
    row = Moment("", "outage", 2, {})
    assert summary(row, [Took(1.5)]) == ("1.5 s", True)
    assert summary(row, [Took(1.5), Took(None)]) == ("never", False)
    assert summary(row, [Took(1.5), Took(None), Took(1.75)]) == ("1.8 s", True)


def test_the_table_is_even_and_every_row_says_its_goal() -> None:
    lines = table(["line", "goal"], [[row.name, row.aim] for row in ROWS]).splitlines()
    assert len(lines) == 2 + len(ROWS)
    assert len({len(line) for line in lines}) == 1
    assert [line.strip("| ").split(" | ")[1].strip() for line in lines][-5] == "up to 5 % / speech only"


@lacking.unless(lacking.emulated_lines())
def test_packets_really_take_the_line_and_nothing_stays_of_it() -> None:
    name = f"line{os.getpid() % 10_000}t"
    line = Emulated(name, "10.88.67.1", "10.88.67.2")
    try:
        line.change(up={"delay": 60}, down={"delay": 60})
        script = (
            "import socket, time; s = socket.create_server(('10.88.67.2', 7)); print('up', flush=True);"
            "c, _ = s.accept(); c.sendall(c.recv(9))"
        )
        echo = subprocess.Popen(
            ("ip", "netns", "exec", name, "python3", "-c", script), stdout=subprocess.PIPE, text=True
        )
        try:
            assert echo.stdout is not None
            assert echo.stdout.readline() == "up\n"
            with socket.create_connection(("10.88.67.2", 7), timeout=5) as client:
                began = time.monotonic()
                client.sendall(b"there")
                assert client.recv(9) == b"there"
                assert time.monotonic() - began >= 0.12
        finally:
            echo.kill()
            echo.communicate()
        assert line.change()["up"]["packets"] > 0
    finally:
        line.close()
    left = subprocess.run(("ip", "netns", "list"), capture_output=True, text=True, check=True).stdout
    assert name not in left
