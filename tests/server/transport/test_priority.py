"""Media go before pages and the store where the system allows it, and work all the same where it does not."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from server.transport.port import NICE
from tests.support.rtc_client import until
from tests.support.rtc_room import scene

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a niceness for each thread")


def niceness() -> int | None:
    """That of the media thread."""
    media = next(thread for thread in threading.enumerate() if thread.name == "media")
    return None if media.native_id is None else os.getpriority(os.PRIO_PROCESS, media.native_id)


def allowed() -> bool:
    """Whether a thread of this process may go before others."""
    found: list[bool] = []

    def ask() -> None:
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        except PermissionError:
            found.append(False)
        else:
            found.append(True)

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()
    return found[0]


async def test_the_media_thread_goes_first_where_it_may() -> None:
    usual = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    async with scene():
        await until(lambda: niceness() == (NICE if allowed() else usual))
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == usual, "and nobody else"


async def test_where_it_may_not_media_flow_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(which: int, who: int, priority: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", forbidden)
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.show(anna, ben)
