"""Only pages of this site may post or open a socket."""

from __future__ import annotations

import pytest

from server.origin import own_page


@pytest.mark.parametrize(
    ("headers", "base", "expected"),
    [
        ({"Host": "localhost:8080", "Origin": "http://localhost:8080"}, None, True),
        ({"Host": "Meet.example", "Origin": "https://meet.example"}, None, True),
        ({"Host": "meet.example:443", "Origin": "https://meet.example"}, None, True),
        ({"Host": "meet.example", "Origin": "https://evil.example"}, None, False),
        ({"Host": "localhost:8080", "Origin": "http://localhost:8081"}, None, False),
        ({"Host": "meet.example", "Origin": "null"}, None, False),
        ({"Host": "meet.example", "Origin": "null", "Sec-Fetch-Site": "same-origin"}, None, False),
        ({"Host": "meet.example", "Origin": "https://meet.example.evil.example"}, None, False),
        ({"Host": "meet.example", "Origin": "https://meet.example@evil.example"}, None, False),
        ({"Host": "meet.example", "Origin": "https://[broken"}, None, False),
        ({"Host": "", "Origin": "https://"}, None, False),
        ({"Host": "inside:8080", "Origin": "https://meet.example"}, "https://meet.example", True),
        ({"Host": "inside:8080", "Origin": "https://evil.example"}, "https://meet.example", False),
        ({"Host": "meet.example"}, None, True),
        ({"Host": "meet.example", "Sec-Fetch-Site": "none"}, None, True),
        ({"Host": "meet.example", "Sec-Fetch-Site": "cross-site"}, None, False),
        ({"Host": "meet.example", "Sec-Fetch-Site": "same-site"}, None, False),
    ],
)
def test_who_may(headers: dict[str, str], base: str | None, expected: bool) -> None:
    assert own_page(headers, base) is expected
