"""Logs are JSON lines that never hold what a person or a library might have put into them."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import pytest

from server.logs import JsonLines


def line(
    name: str,
    message: str,
    *arguments: object,
    everything: bool = False,
    error: BaseException | None = None,
    **extra: Any,
) -> dict[str, Any]:
    trace = (type(error), error, error.__traceback__) if error is not None else None
    logger = logging.getLogger(name)
    record = logger.makeRecord(name, logging.WARNING, "f.py", 1, message, arguments, trace, extra=extra)
    text = JsonLines(everything=everything).format(record)
    assert "\n" not in text
    said: dict[str, Any] = msgspec.json.decode(text)
    return said


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_own_events_carry_their_figures() -> None:
    said = line("server.app", "started", port=8080)
    assert (said["event"], said["port"], said["level"], said["from"]) == (
        "started",
        8080,
        "warning",
        "server.app",
    )
    assert said["at"].endswith("Z")


def test_libraries_are_heard_without_what_they_fill_in() -> None:
    assert line("aioice.ice", "no answer from %s", "203.0.113.9")["event"] == "no answer from %s"
    assert line("asyncio", "never retrieved\nfuture: <… ValueError('Ada')>")["event"] == "never retrieved"
    assert line("aioice.ice", "no answer from %s", "x", everything=True)["event"] == "no answer from x"


@pytest.mark.parametrize("error", [ValueError("Ada Lovelace"), KeyError("token")])
def test_an_exception_shows_where_but_not_what(error: Exception) -> None:
    said = line("server.pages", "page-failed", error=raised(error))
    assert said["error"] == type(error).__name__
    assert any("test_logs.py" in frame for frame in said["trace"])
    assert "reason" not in said
    assert "Ada" not in str(said)


def test_what_the_system_says_is_kept() -> None:
    said = line("server.store", "failed", error=raised(OSError(28, "No space left on device")))
    assert "No space left" in said["reason"]
