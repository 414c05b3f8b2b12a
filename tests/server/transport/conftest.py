"""Both ways to do the pump's inner loop, C and Python, for tests that any of them must pass."""

from __future__ import annotations

import pytest

from server.transport import fan


@pytest.fixture(params=["c", "python"])
def inner_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let outlets that are made from now on use this one."""
    if request.param == "python":
        monkeypatch.setattr(fan, "library", lambda: None)
    elif fan.library() is None:
        pytest.skip("fan.c is not built: install Compagnon (pip install -e .) where there is a C compiler")
    return str(request.param)
