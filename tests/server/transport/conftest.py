"""Both ways to do the pump's inner loop, C and Python, for tests that any of them must pass."""

from __future__ import annotations

import pytest

from server.transport import inner
from tests.support import lacking


@pytest.fixture(params=["c", "python"])
def inner_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let outlets that are made from now on use this one."""
    if request.param == "python":
        monkeypatch.setattr(inner, "library", lambda: None)
    elif lack := lacking.inner_loop():
        pytest.skip(lack)
    return str(request.param)
