"""How a call is refused, if it is."""

from __future__ import annotations

from collections.abc import Callable

from signaling.errors import ProtocolError


def refused(call: Callable[[], object]) -> ProtocolError | None:
    """The ``ProtocolError`` that the call raises, None when it goes through; other errors are errors."""
    try:
        call()
    except ProtocolError as error:
        return error
    return None
