"""A Markdown document as a PDF, set in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import sys

import msgspec

from server.recaps.press import Sheet
from web.i18n import Translator

LONGEST_S = 20.0

LONGEST_TEXT = 150_000
"""Letters that are set: some 50 pages, 5 s. The Markdown file always has all of it."""

MOST_WAITING = 10
"""Documents that wait for their turn; whoever comes then is told to come again."""

_at_once = asyncio.Semaphore(1)
_waiting: set[object] = set()


class PressError(Exception):
    """The document could not be set, or not in time."""


class BusyError(PressError):
    """Too many wait already."""


async def pdf(title: str, text: str, words: Translator) -> bytes:
    """The document as a tagged PDF. Raises ``PressError``, ``BusyError`` when too many wait."""
    if len(_waiting) >= MOST_WAITING:
        raise BusyError
    turn = object()
    _waiting.add(turn)
    try:
        return await _in_turn(title, text, words)
    finally:
        _waiting.discard(turn)


async def _in_turn(title: str, text: str, words: Translator) -> bytes:
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}…\n\n*{words.text('recap.cut')}*\n"
    # One after another: two cores that carry a call have nothing to spare for two of them.
    async with _at_once:
        sheet = Sheet(
            title=title,
            lang=words.language,
            text=text,
            words={each: words.text(f"recap.{each}") for each in ("open", "done", "lacking")},
        )
        return await _pressed(msgspec.json.encode(sheet))


async def _pressed(sheet: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.recaps.press",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            made, said = await process.communicate(sheet)
    except TimeoutError:
        raise PressError("it takes too long") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise PressError(said.decode(errors="replace")[-400:])
    return made
