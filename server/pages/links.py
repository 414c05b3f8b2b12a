"""``/s/<token>``: everybody's link, for whoever made the session; revoke, restore and renew them."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from typing import get_args

from aiohttp import web
from redis.asyncio import Redis

from server.pages.site import SITE, PageError, Site, language_of, page, see_other, site_url
from server.room.links import read_management
from server.room.record import GuestRecord, RoomRecord
from server.sessions import personal_path
from server.storage import links
from server.storage.rooms import load_record
from server.storage.worries import listed
from signaling.errors import ProtocolError
from web.i18n import translator
from web.render import qr
from web.views import LinksDone, LinksView, PersonLink, WorryLine

Change = Callable[[Redis, str, str], Awaitable[GuestRecord]]

_changes: dict[str, tuple[Change, LinksDone]] = {
    "revoke": (links.revoke, "revoked"),
    "restore": (links.restore, "restored"),
    "renew": (links.renew, "renewed"),
}


async def show(request: web.Request) -> web.Response:
    """``GET /s/<token>``; ``done`` and ``who`` in the query say what has just been done."""
    return page(request, await _view(request))


async def as_text(request: web.Request) -> web.Response:
    """``GET /s/<token>/links.txt``: a name and its link a line."""
    view = await _view(request)
    return _download(view.works_text, "text/plain", "links.txt")


async def as_table(request: web.Request) -> web.Response:
    """``GET /s/<token>/links.csv``: RFC 4180, with the byte order mark that spreadsheets look for."""
    view = await _view(request)
    say = translator(language_of(request)).text
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow([say(f"links.column.{column}") for column in ("name", "role", "link")])
    rows.writerows([_cell(each.name), say(f"role.{each.role}"), each.url] for each in view.works)
    return _download("\ufeff" + out.getvalue(), "text/csv", "links.csv")


async def code(request: web.Request) -> web.Response:
    """``GET /s/<token>/guests/<id>/qr.svg``: one person's link to be photographed."""
    view = await _view(request)
    guest = request.match_info["guest"]
    url = next((each.url for each in view.works if each.id == guest), None)
    if url is None:
        raise PageError(404, "not-found")
    answer = web.Response(text=qr(url, alone=True), content_type="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store"
    return answer


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


async def _view(request: web.Request) -> LinksView:
    site = request.app[SITE]
    token = request.match_info["token"]
    record = await _room(site, token)
    base = site_url(request)
    done = request.query.get("done", "")
    ended = site.clock() >= record.expires_ms
    return LinksView(
        token=token,
        format=record.format,
        minutes=record.minutes,
        people=tuple(
            PersonLink(
                id=guest.id,
                name=guest.name,
                role=guest.role,
                url=base + personal_path(site.secret, record, guest),
                state="revoked" if guest.revoked else "expired" if ended else "works",
            )
            for guest in record.guests
        ),
        expires_ms=record.expires_ms,
        ended=ended,
        done=next((known for known in get_args(LinksDone) if known == done), None),
        done_id=request.query.get("who"),
        worries=tuple(
            WorryLine(name=_name(record, each.by), text=each.text, at_ms=each.at_ms)
            for each in await listed(site.store, record.id)
        ),
    )


def _name(record: RoomRecord, guest_id: str) -> str:
    guest = record.guest(guest_id)
    return "?" if guest is None else guest.name


def _download(text: str, kind: str, name: str) -> web.Response:
    answer = web.Response(text=text, content_type=kind, charset="utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text[:1] in "=+-@" else text


async def _room(site: Site, token: str) -> RoomRecord:
    try:
        room = read_management(site.secret, token)
    except ProtocolError:
        raise PageError(404, "link-invalid") from None
    record = await load_record(site.store, room)
    if record is None:
        raise PageError(410, "room-ended")
    return record
