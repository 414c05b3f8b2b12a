"""A store that can't be used is one sentence, and no password is ever shown."""

from __future__ import annotations

import pytest

from server import store
from server.errors import OperatorError


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("redis://:secret@store.example:6379/2", "redis://store.example:6379/2"),
        ("rediss://name:se@cret@store.example/0", "rediss://store.example/0"),
        ("unix:///run/redis.sock?db=1", "unix:///run/redis.sock"),
    ],
)
def test_no_password_is_shown(url: str, text: str) -> None:
    assert store.shown(url) == text


async def test_an_unreachable_store_is_one_sentence_without_password() -> None:
    with pytest.raises(OperatorError, match=r"The store at redis://127\.0\.0\.1:1/0 can't be used") as caught:
        await store.check("redis://:secret@127.0.0.1:1/0")
    assert "secret" not in str(caught.value)
