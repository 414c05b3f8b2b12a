"""``bench/relay``: CPU of the whole server per forwarded packet beside Janus, and the forwarding delay."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.environment import lack
from bench.isolation import ADDRESS, isolated, make_network, missing, run_isolated
from bench.ours import CompagnonServer
from bench.points import KBPS, POINTS, Figures, Outcome, forwarding_delay, measure
from bench.servers import JanusServer, Server

_LONGEST: Final = 900.0
"""Seconds after which a run is ended, whatever it does."""

_FULL: Final = (7, 2.5)
_QUICK: Final = (2, 1.0)


async def run(arguments: argparse.Namespace, directory: Path) -> int:
    """Every point, then the room of eight; prints the figures and gives the exit status."""
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the start")
    worst = 0.0
    sound = True
    for point in POINTS:
        if point.name not in arguments.points.split(","):
            continue
        print(f"\n{point.title}; {KBPS} kbit/s of video and a voice from each sender", flush=True)
        servers = _servers(directory / point.name)
        try:
            for server in servers:
                await server.start()
            outcome = await measure(
                point, servers, arguments.rounds, arguments.seconds, as_negotiated=arguments.as_negotiated
            )
        finally:
            for server in servers:
                server.stop()
        worst = max(worst, _print_point(servers, outcome))
        sound = sound and all(figures.sound for figures in outcome.figures)
    await _print_delay(directory, max(arguments.seconds, 5.0))
    print(f"load average {os.getloadavg()[0]:.1f} at the end")
    if not sound:
        print("Not all packets came, or not all were repaired: the figures of this run don't count.")
    print(f"relay to janus, worst ratio: {worst:.2f}", flush=True)
    return 0 if sound else 1


def _servers(directory: Path) -> list[Server]:
    directory.mkdir()
    return [
        CompagnonServer(directory / "compagnon", ADDRESS),
        JanusServer(directory / "janus", 18188, (41_000, 43_000)),
        JanusServer(directory / "janus2", 18189, (44_000, 46_000), event_loops=2),
    ]


def ratio_of(outcome: Outcome) -> float:
    """The first server's median cost to the lowest of the others'."""
    ours, *others = [figures.median for figures in outcome.figures]
    return ours / min(others)


def _print_point(servers: Sequence[Server], outcome: Outcome) -> float:
    for server, figures in zip(servers, outcome.figures, strict=True):
        print(f"  {_line(server.name, figures)}")
    ratio = ratio_of(outcome)
    print(f"  load: {outcome.busy:.0%} of a core, at most {1000 * outcome.late:.0f} ms late")
    print(f"  ratio: {ratio:.2f}", flush=True)
    return ratio


def _line(name: str, figures: Figures) -> str:
    return (
        f"{name:<20} {figures.median:6.1f} µs a packet ({min(figures.cost):.1f} to {max(figures.cost):.1f}), "
        f"{statistics.median(figures.rate):.0f} packets/s; "
        f"{figures.lost} lost, {figures.bad} of {figures.sampled} decrypted wrong, "
        f"{figures.repaired} of {figures.asked} repaired, "
        f"{figures.informed} of {figures.senders} senders informed; "
        f"{'/'.join(sorted(figures.feedback))}; {', '.join(sorted(figures.profiles))}"
    )


async def _print_delay(directory: Path, seconds: float) -> None:
    server = CompagnonServer(directory / "delay", ADDRESS)
    try:
        await server.start()
        delays = await forwarding_delay(server, seconds)
    finally:
        server.stop()
    p50, p99 = (1000 * delays.percentile(share) for share in (0.5, 0.99))
    print(f"\nforwarding delay with 8 people in a room: p50 {p50:.2f} ms, p99 {p99:.2f} ms", end="")
    print(f" ({delays.total:.0f} packets timed)", flush=True)


def main(argv: list[str]) -> int:
    """The command line: outside it makes the namespaces, inside them it measures."""
    parser = argparse.ArgumentParser(prog="bench/relay", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under two minutes, for a first look")
    parser.add_argument("--points", default=",".join(point.name for point in POINTS), help="%(default)s")
    parser.add_argument("--rounds", type=int, help=f"rounds of each server at a point ({_FULL[0]})")
    parser.add_argument("--seconds", type=float, help=f"length of a round ({_FULL[1]})")
    parser.add_argument(
        "--as-negotiated",
        action="store_true",
        help="let receivers report to each server as it asks for, and not as the first one does",
    )
    arguments = parser.parse_args(argv)
    rounds, seconds = _QUICK if arguments.quick else _FULL
    arguments.rounds = arguments.rounds or rounds
    arguments.seconds = arguments.seconds or seconds
    if not isolated():
        sentence = missing()
        if sentence is None and shutil.which("janus") is None:
            sentence = "Janus is missing: type apt-get install janus."
        if sentence is not None:
            lack(sentence)
        return run_isolated("bench.relaying", argv, _LONGEST)
    make_network()
    gc.freeze()
    gc.disable()
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
        return asyncio.run(run(arguments, Path(directory)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
