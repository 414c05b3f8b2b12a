"""Passkeys: added, named and removed on the account page, and signing in with one."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from server.mentoring.letters import Letter
from server.mentoring.passkeys import LONGEST_PASSKEY_NAME, MOST_PASSKEYS, Passkey, named, used
from server.pages.access import visitor
from server.pages.accounts.browsers import signed_in
from server.pages.accounts.paths import next_path
from server.pages.forms import once, posted
from server.pages.site import SITE, PageError, asker, see_other, site_url
from server.passkeys import (
    PasskeyError,
    Place,
    challenge_in,
    creation_options,
    new_challenge,
    place,
    proven,
    registered,
    request_options,
)
from server.room.names import clean
from server.storage import people
from server.storage.letters import posted as posted_letter
from server.storage.passkeys import (
    answered,
    challenge,
    load_passkey,
    load_passkeys,
    removed_passkey,
    saved_passkey,
)
from server.storage.records import commit, deciding

_signing_in = "sign-in"
_longest_body = 16_384


def _place(request: web.Request) -> Place:
    here = place(site_url(request))
    if here is None:
        raise PageError(404, "not-found")
    return here


async def said_by_script(request: web.Request) -> dict[str, Any]:
    """What the page's script sends. Raises ``PageError`` 400."""
    try:
        said = await request.json() if (request.content_length or 0) <= _longest_body else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise PageError(400, "bad-request")
    return said


def _json(text: str) -> web.Response:
    return web.json_response(text=text, headers={"Cache-Control": "no-store"})


def _adding(person: str) -> str:
    return f"add {person}"


async def options(request: web.Request) -> web.Response:
    """``POST /account/passkeys/options``: what to ask the browser for."""
    site, person = request.app[SITE], visitor(request)
    here, known = _place(request), await load_passkeys(site.store, person.id)
    if len(known) >= MOST_PASSKEYS:
        raise PageError(429, "too-many-requests")
    text = new_challenge()
    await challenge(site.store, text, _adding(person.id))
    return _json(creation_options(here, person, known, text))


async def add(request: web.Request) -> web.Response:
    """``POST /account/passkeys``: ``{"name", "credential"}`` from the page's script.

    Whoever's account it is gets a letter: a passkey stays when a stolen browser is signed out.
    """
    site, person = request.app[SITE], visitor(request)
    here, said = _place(request), await said_by_script(request)
    now = site.clock()
    try:
        text = challenge_in(said.get("credential", {}))
        if await answered(site.store, text) != _adding(person.id):
            raise PasskeyError
        name = clean(str(said.get("name", "")))[:LONGEST_PASSKEY_NAME]
        passkey = registered(here, said["credential"], text, person=person, name=name, now_ms=now)
    except PasskeyError:
        raise PageError(400, "bad-request") from None
    if await load_passkey(site.store, passkey.id) is not None:
        raise PageError(400, "bad-request")
    letter = Letter(
        id=secrets.token_urlsafe(12),
        to=person.id,
        kind="passkey-added",
        topic="account",
        at_ms=now,
        values={"name": name or person.shown},
        path="/account",
    )
    await commit(site.store, [*saved_passkey(passkey), *posted_letter(letter)])
    site.due_soon.set()
    return _json('{"next":"/account?done=passkey-added#passkeys"}')


async def _own(request: web.Request) -> Passkey:
    """The visitor's own passkey that the path names. Raises ``PageError`` 404."""
    found = await load_passkey(request.app[SITE].store, request.match_info["passkey"])
    if found is None or found.person != visitor(request).id:
        raise PageError(404, "not-found")
    return found


async def rename(request: web.Request) -> web.Response:
    """``POST /account/passkeys/{passkey}/name``."""
    form, passkey = await posted(request), await _own(request)
    name = clean(form.raw("name"))[:LONGEST_PASSKEY_NAME]
    path = "/account?done=passkey-named#passkeys"
    await commit(request.app[SITE].store, saved_passkey(named(passkey, name)), once(form, path))
    return see_other(path)


async def remove(request: web.Request) -> web.Response:
    """``POST /account/passkeys/{passkey}/remove``."""
    store = request.app[SITE].store
    # Pressed twice, the second finds it gone: that is what was asked for.
    if await load_passkey(store, request.match_info["passkey"]) is not None:
        await commit(store, removed_passkey(await _own(request)))
    return see_other("/account?done=passkey-removed#passkeys")


async def sign_in_options(request: web.Request) -> web.Response:
    """``POST /sign-in/passkey/options``: the same for everybody."""
    site, here = request.app[SITE], _place(request)
    if not site.visits.allow(asker(request), site.clock() / 1000):
        raise PageError(429, "too-many-requests")
    text = new_challenge()
    await challenge(site.store, text, _signing_in)
    return _json(request_options(here, text))


async def sign_in(request: web.Request) -> web.Response:
    """``POST /sign-in/passkey``: ``{"next", "credential"}``; says where to go and sets the cookie."""
    site, here, said = request.app[SITE], _place(request), await said_by_script(request)
    if not site.sign_ins.allow(asker(request), site.clock() / 1000):
        raise PageError(429, "too-many-requests")
    credential = said.get("credential", {})

    async def decide() -> str:
        passkey = await load_passkey(site.store, str(credential.get("id", "")))
        person = None if passkey is None else await people.load_living(site.store, passkey.person)
        if passkey is None or person is None:
            raise PasskeyError
        count = proven(here, credential, text, passkey)
        await commit(site.store, saved_passkey(used(passkey, count, site.clock())))
        return person.id

    try:
        text = challenge_in(credential)
        if await answered(site.store, text) != _signing_in:
            raise PasskeyError
        person = await deciding(decide)
    except PasskeyError:
        raise PageError(400, "bad-request") from None
    path = next_path(str(said.get("next", "")))
    entered = await signed_in(request, person, path)
    response = web.json_response({"next": path}, headers={"Cache-Control": "no-store"})
    response.cookies.update(entered.cookies)
    return response
