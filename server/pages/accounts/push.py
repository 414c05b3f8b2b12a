"""Web Push on the account page: this browser wants to be told of sessions, or no longer."""

from __future__ import annotations

import secrets

from aiohttp import web

from server.mentoring.subscriptions import MOST_SUBSCRIPTIONS, Subscription
from server.pages.access import visitor
from server.pages.accounts.passkeys import said_by_script
from server.pages.site import SITE, PageError, see_other
from server.pushes import PlaceError, checked, new_key
from server.storage.records import commit
from server.storage.subscriptions import (
    load_subscription,
    load_subscriptions,
    removed_subscription,
    saved_subscription,
    server_key,
)
from server.webpush import encoded, keys, point_of, private_key


async def key(request: web.Request) -> web.Response:
    """``GET /account/push/key``: our public key, base64url, for the browser's push service."""
    own = private_key(await server_key(request.app[SITE].store, new_key()))
    return web.json_response({"key": encoded(point_of(own))}, headers={"Cache-Control": "no-store"})


async def add(request: web.Request) -> web.Response:
    """``POST /account/push``: a subscription as the browser's ``toJSON`` has it, from the page's script."""
    site, person, said = request.app[SITE], visitor(request), await said_by_script(request)
    given = said.get("keys")
    given = given if isinstance(given, dict) else {}
    p256dh, auth = str(given.get("p256dh", "")), str(given.get("auth", ""))
    try:
        endpoint = checked(str(said.get("endpoint", "")), private=site.config.push_private)
        keys(p256dh, auth)
    except (PlaceError, ValueError):
        raise PageError(400, "bad-request") from None
    known = await load_subscriptions(site.store, person.id)
    made = Subscription(
        id=secrets.token_urlsafe(12),
        person=person.id,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        agent=request.headers.get("User-Agent", "")[:300],
        created_ms=site.clock(),
    )
    # The same browser again, or one more than there may be: the older one goes.
    old = [each for each in known if each.endpoint == endpoint]
    old = old or known[: max(0, len(known) + 1 - MOST_SUBSCRIPTIONS)]
    changes = [change for each in old for change in removed_subscription(each)]
    await commit(site.store, [*changes, *saved_subscription(made)])
    return web.json_response({"next": "/account?done=push-added#push"}, headers={"Cache-Control": "no-store"})


async def remove(request: web.Request) -> web.Response:
    """``POST /account/push/{subscription}/remove``."""
    store = request.app[SITE].store
    found = await load_subscription(store, request.match_info["subscription"])
    if found is not None:
        if found.person != visitor(request).id:
            raise PageError(404, "not-found")
        await commit(store, removed_subscription(found))
    return see_other("/account?done=push-removed#push")
