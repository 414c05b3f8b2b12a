"""``/unsubscribe/{token}``: ends letters about a topic without signing in (RFC 8058)."""

from __future__ import annotations

from aiohttp import web

from server.mail.tokens import TokenError, Unsubscribing, read_unsubscribe
from server.mentoring.people import Person, with_letters
from server.pages.site import SITE, PageError, page, see_other
from server.storage import people
from server.storage.records import deciding
from web.views.accounts import UnsubscribeView


async def _asked(request: web.Request) -> tuple[Unsubscribing, Person]:
    site = request.app[SITE]
    try:
        asked = read_unsubscribe(site.secret, request.match_info["token"])
    except TokenError:
        raise PageError(404, "not-found") from None
    person = await people.load(site.store, asked.person)
    if person is None:
        raise PageError(404, "not-found")
    return asked, person


async def show(request: web.Request) -> web.Response:
    """``GET``: one button, since mail scanners follow every link; how it stands, once that was pressed."""
    asked, person = await _asked(request)
    return page(
        request,
        UnsubscribeView(
            token=request.match_info["token"],
            topic=asked.topic,
            email=person.email,
            wanted=asked.topic not in person.unsubscribed,
            done="done" in request.query,
        ),
    )


async def change(request: web.Request) -> web.Response:
    """``POST``: a mail program's ``List-Unsubscribe=One-Click``, or the page's own button."""
    asked, _ = await _asked(request)
    wanted = (await request.post()).get("letters") == "again"
    store = request.app[SITE].store

    async def decide() -> None:
        person = await people.load(store, asked.person)
        if person is not None:
            changed = with_letters(person, asked.topic, wanted=wanted)
            if changed is not person:
                await people.change(store, changed)

    await deciding(decide)
    return see_other(f"/unsubscribe/{request.match_info['token']}?done")
