"""Logs for machines and operators: one JSON object a line on standard error, without personal data.

Code of ours names an event and gives figures as ``extra``: never a token, a name, an address or a title.
Libraries are heard from warnings on, and only by the first line of their format string: what they would fill
in, or asyncio puts below it, could be somebody's address. For the same reason an exception's text is left
out, except where the operating system or the store wrote it; ``COMPAGNON_DEV`` shows everything.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from types import TracebackType
from typing import Any

import msgspec
from redis.exceptions import RedisError

from server.errors import OperatorError

_own = ("server", "signaling", "web")
_plain = frozenset(vars(logging.makeLogRecord({})))
_telling = (OSError, RedisError, OperatorError)
_frames = 12


class JsonLines(logging.Formatter):
    """``{"at": …, "level": …, "event": …, …}``; ``at`` is UTC."""

    def __init__(self, *, everything: bool = False) -> None:
        super().__init__()
        self._everything = everything

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        own = record.name.partition(".")[0] in _own
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "at": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage() if own or self._everything else str(record.msg).partition("\n")[0],
            "from": record.name,
        }
        if own:
            line |= {key: value for key, value in vars(record).items() if key not in _plain}
        if record.exc_info and record.exc_info[1] is not None:
            line |= self._exception(record.exc_info[1], record.exc_info[2])
        return msgspec.json.encode(line, enc_hook=str).decode()

    def _exception(self, error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
        said: dict[str, Any] = {
            "error": type(error).__name__,
            "trace": [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(trace)[-_frames:]
            ],
        }
        if self._everything or isinstance(error, _telling):
            said["reason"] = str(error)
        return said


def begin(*, everything: bool) -> None:
    """Sends what is logged from now on to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(everything=everything))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _own:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
