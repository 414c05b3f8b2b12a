"""``/healthz``, ``/readyz`` and ``/metrics``: what machines ask."""

from __future__ import annotations

import hmac
import ipaddress

from aiohttp import web
from redis.exceptions import RedisError

from server.metrics import CONTENT_TYPE
from server.pages.site import SITE, PageError

_fresh = {"Cache-Control": "no-store"}


async def healthz(request: web.Request) -> web.Response:
    """The process answers: restarting it would mend nothing else."""
    return web.Response(text="ok\n", headers=_fresh)


async def readyz(request: web.Request) -> web.Response:
    """People can meet: the store answers and the media port is open; 503 says what is missing."""
    site = request.app[SITE]
    missing = []
    try:
        await site.store.ping()
    except (RedisError, OSError):
        missing.append("store")
    if not site.relay.port:
        missing.append("relay")
    if missing:
        return web.Response(text=f"missing: {', '.join(missing)}\n", status=503, headers=_fresh)
    return web.Response(text="ready\n", headers=_fresh)


async def metrics(request: web.Request) -> web.Response:
    """Prometheus' text, for whoever has the token; without one, for this computer only.

    A request that a proxy passed on comes from this computer too, so whatever was passed on is refused.
    """
    site = request.app[SITE]
    token = site.config.metrics_token
    if token is not None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        allowed = hmac.compare_digest(given.encode(), token.encode())
    else:
        allowed = _local(request.remote) and not {"Forwarded", "X-Forwarded-For", "Via"} & set(
            request.headers
        )
    if not allowed:
        raise PageError(404, "not-found")
    return web.Response(body=await site.metrics.page(), headers={**_fresh, "Content-Type": CONTENT_TYPE})


def _local(remote: str | None) -> bool:
    try:
        return ipaddress.ip_address(remote or "").is_loopback
    except ValueError:
        return False
