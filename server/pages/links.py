"""``/s/<token>``: everybody's link, for whoever made the session; revoke, restore and renew them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import get_args

from aiohttp import web
from redis.asyncio import Redis

from server.pages.site import SITE, PageError, Site, now_ms, page, see_other, site_url
from server.room.links import read_management
from server.room.record import GuestRecord, RoomRecord
from server.sessions import personal_path
from server.storage import links
from server.storage.rooms import load_record
from signaling.errors import ProtocolError
from web.views import LinksDone, LinksView, PersonLink

Change = Callable[[Redis, str, str], Awaitable[GuestRecord]]

_changes: dict[str, tuple[Change, LinksDone]] = {
    "revoke": (links.revoke, "revoked"),
    "restore": (links.restore, "restored"),
    "renew": (links.renew, "renewed"),
}


async def show(request: web.Request) -> web.Response:
    """``GET /s/<token>``; ``done`` and ``who`` in the query say what has just been done."""
    site = request.app[SITE]
    token = request.match_info["token"]
    record = await _room(site, token)
    base = site_url(request)
    done = request.query.get("done", "")
    view = LinksView(
        token=token,
        format=record.format,
        minutes=record.minutes,
        people=tuple(
            PersonLink(
                id=guest.id,
                name=guest.name,
                role=guest.role,
                url=base + personal_path(site.secret, record, guest),
                state="revoked" if guest.revoked else "works",
            )
            for guest in record.guests
        ),
        expires_ms=record.expires_ms,
        ended=now_ms() >= record.expires_ms,
        done=next((known for known in get_args(LinksDone) if known == done), None),
        done_id=request.query.get("who"),
    )
    return page(request, view)


async def change(request: web.Request) -> web.Response:
    """``POST /s/<token>/guests/<id>/<change>``; whoever is in by a link that fell is shown out."""
    site = request.app[SITE]
    token, guest = request.match_info["token"], request.match_info["guest"]
    record = await _room(site, token)
    act, done = _changes[request.match_info["change"]]
    try:
        changed = await act(site.store, record.id, guest)
    except LookupError:
        raise PageError(404, "not-found") from None
    await site.rooms.guest_changed(record.id, changed)
    return see_other(f"/s/{token}?done={done}&who={changed.id}")


async def _room(site: Site, token: str) -> RoomRecord:
    try:
        room = read_management(site.secret, token)
    except ProtocolError:
        raise PageError(404, "link-invalid") from None
    record = await load_record(site.store, room)
    if record is None:
        raise PageError(410, "room-ended")
    return record
