"""Forms as a browser without JavaScript sends them: read from the page, filled in, posted."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient

Client = TestClient[Any, Any]


class _Forms(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._area: str | None = None
        self._select: str | None = None
        self._chosen: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((said.get("action", ""), []))
        elif not self.forms:
            return
        elif tag == "input" and "name" in said:
            if said.get("type") in {"checkbox", "radio"} and "checked" not in said:
                return
            self.forms[-1][1].append((said["name"], said.get("value", "")))
        elif tag == "textarea":
            self._area = said["name"]
            self.forms[-1][1].append((said["name"], ""))
        elif tag == "select":
            self._select, self._chosen = said["name"], None
        elif tag == "option" and self._select is not None and (self._chosen is None or "selected" in said):
            self._chosen = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select" and self._select is not None:
            self.forms[-1][1].append((self._select, self._chosen or ""))
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, value = self.forms[-1][1][-1]
            # The first line break of a textarea is not part of its value (HTML, 13.1.2.5).
            self.forms[-1][1][-1] = (name, (value + data).removeprefix("\n") if not value else value + data)


def fields_of(html: str, action: str) -> list[tuple[str, str]]:
    """What the form with this action would send as it stands."""
    for found, fields in _Forms(html).forms:
        if found == action:
            return fields
    raise AssertionError(f"no form posts to {action}")


async def submit(
    client: Client, path: str, action: str, times: int = 1, /, **typed: str | list[str]
) -> ClientResponse:
    """Opens a page, fills in the form that posts to ``action``, and sends it so many ``times``."""
    page = await client.get(path)
    html = await page.text()
    assert page.status == 200, html[-2000:]
    return await send(client, html, action, times, **typed)


async def send(
    client: Client, html: str, action: str, times: int = 1, /, **typed: str | list[str]
) -> ClientResponse:
    """The same from a page that is open already; gives the last answer, not followed."""
    fields = [(name, value) for name, value in fields_of(html, action) if name not in typed]
    for name, value in typed.items():
        fields += [(name, each) for each in ([value] if isinstance(value, str) else value)]
    for _ in range(times):
        answer = await client.post(action, data=FormData(fields), allow_redirects=False)
    return answer
