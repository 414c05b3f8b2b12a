"""Every form sent empty, too long, with what doesn't belong there, twice, and after somebody else's change.

Whatever is refused changes nothing in the store, names what is wrong, and keeps what was typed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import pytest
from aiohttp import ClientResponse, FormData
from redis.asyncio import Redis

from server.storage import keys
from tests.server.pages.conftest import Client
from tests.server.pages.forms_table import ELSEWHERE, ROWS, Fields
from tests.server.pages.permissions_table import staged
from tests.server.pages.test_permissions import ROUTES, filled
from tests.support.accounts import cookies, sign_in

TOO_LONG = 30_000
SHOWN = 400
"""Characters of what was too long that are looked for: a field that is no text is cut to 500."""

UNWATCHED = keys.once("")
"""What begins the keys that remember forms, and nothing else."""


def test_every_form_has_a_row() -> None:
    forms = {name for name, (method, _) in ROUTES.items() if method == "POST"}
    tried = {name.partition(" ")[0] for name in ROWS}
    assert tried.isdisjoint(ELSEWHERE)
    assert forms == tried | ELSEWHERE.keys(), "add a row to tests/server/pages/forms_table.py"


async def stored(store: Redis) -> dict[bytes, bytes]:
    """Everything that is in the store."""
    found = [key async for key in store.scan_iter()]
    kept = sorted(key for key in found if not key.decode().startswith(UNWATCHED))
    return dict(zip(kept, [await store.dump(key) for key in kept], strict=True))


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody's browser at one form."""

    client: Client
    store: Redis
    path: str

    async def send(self, fields: Fields) -> tuple[int, str, str]:
        """Status, where it leads, the page."""
        sent = FormData()
        for name, value in fields.items():
            for each in [value] if isinstance(value, str) else value:
                sent.add_field(name, each)
        headers = {"Origin": str(self.client.make_url("/").origin())}
        answer: ClientResponse
        async with self.client.post(self.path, data=sent, headers=headers, allow_redirects=False) as answer:
            page = await answer.text()
            assert answer.status < 500, f"{self.path} {dict(fields)!r:.300}"
            assert "Traceback" not in page
            return answer.status, answer.headers.get("Location", ""), page

    async def refused(self, fields: Fields, kept: Mapping[str, str], what: str) -> str:
        """Sends what must not be taken; gives the page."""
        before = await stored(self.store)
        status, _, page = await self.send(fields)
        assert 400 <= status < 500, f"{what}: {status}"
        assert await stored(self.store) == before, f"{what}: something was written"
        assert status in {400, 404} or 'class="error"' in page or 'class="summary"' in page, what
        for name, text in kept.items():
            assert escape(text, quote=False) in page or escape(text) in page, f"{what}: {name} is gone"
        return page


@pytest.mark.parametrize("name", ROWS)
async def test_a_form_stands_whatever_is_sent(name: str, store: Redis, client: Client) -> None:
    row, stage = ROWS[name], await staged(store)
    made = await row.ready(store, stage)
    path = filled(ROUTES[name.partition(" ")[0]][1], {**stage.values, **row.path, **made})
    if row.who != "visitor":
        client.session.cookie_jar.update_cookies(cookies(await sign_in(store, stage.people[row.who])))
    sender = Sender(client, store, path)
    right = row.fields(stage)
    typed = {each: str(right[each]) for each in row.texts}

    if row.asks:
        await sender.refused({}, {}, "empty")
    for each in row.texts:
        long = "x" * TOO_LONG
        await sender.refused({**right, each: long}, {**typed, each: "x" * SHOWN}, f"{each} too long")
    wrong = row.wrong(stage)
    if wrong:
        kept = {each: text for each, text in typed.items() if each not in wrong}
        await sender.refused({**right, **wrong}, kept, "wrong")

    once = secrets.token_urlsafe(16)
    status, location, page = await sender.send({**right, "once": once})
    assert status == 303, page[-3000:]
    after = await stored(store)
    if name not in REPEATED:
        again = await sender.send({**right, "once": once})
        assert again[:2] == (303, location), "sent twice"
        assert await stored(store) == after, "sent twice: something was made twice"
    if row.versioned:
        typed = {each: f"{text} too" for each, text in typed.items()}
        other = {**right, **typed, "once": secrets.token_urlsafe(16)}
        page = await sender.refused(other, {} if row.ends else typed, "changed meanwhile")
        assert "changed elsewhere" in page


REPEATED = {
    # Each asks for a letter; how many is limited by who asks and for whom.
    "signin-ask": "test_sign_in.py",
    # Sent again it sends the letter again.
    "invitation-change again": "test_joining.py",
}
"""Forms that do it again when they are sent again."""


@pytest.mark.parametrize("name", ROWS)
async def test_two_tabs_at_the_same_moment_both_get_an_answer(
    name: str, store: Redis, client: Client
) -> None:
    row, stage = ROWS[name], await staged(store)
    made = await row.ready(store, stage)
    path = filled(ROUTES[name.partition(" ")[0]][1], {**stage.values, **row.path, **made})
    if row.who != "visitor":
        client.session.cookie_jar.update_cookies(cookies(await sign_in(store, stage.people[row.who])))
    sender = Sender(client, store, path)
    right = row.fields(stage)
    tabs = [{**right, "once": secrets.token_urlsafe(16)} for _ in range(3)]
    answers = await asyncio.gather(*(sender.send(each) for each in tabs))
    assert 303 in [status for status, _, _ in answers]


@pytest.mark.parametrize(
    ("name", "text"), [("tie-goal", "goal_text"), ("tie-action", "action_text"), ("tie-note", "note_text")]
)
async def test_what_several_tabs_add_at_the_same_moment_is_all_there(
    name: str, text: str, store: Redis, client: Client
) -> None:
    row, stage = ROWS[name], await staged(store)
    client.session.cookie_jar.update_cookies(cookies(await sign_in(store, stage.people[row.who])))
    sender = Sender(client, store, filled(ROUTES[name][1], stage.values))
    tabs = [f"From tab {number}" for number in range(3)]
    sent = [{**row.fields(stage), text: each, "once": secrets.token_urlsafe(16)} for each in tabs]
    answers = await asyncio.gather(*(sender.send(each) for each in sent))
    assert [status for status, _, _ in answers] == [303] * 3
    async with client.get(f"/m/{stage.values['mentorship']}") as answer:
        page = await answer.text()
    assert [each for each in tabs if each in page] == tabs
