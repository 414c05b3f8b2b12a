"""``/j/<token>``: the page of green room and room, and the notes as a file to keep."""

from __future__ import annotations

import re
import time
import unicodedata
from urllib.parse import quote

from aiohttp import web

from server.live_small_notes import visit_notes
from server.media.ladder import RUNGS, per_hour
from server.pages.site import SITE, PageError, Site, asker, language_of, page
from server.room.links import check, read_personal
from server.room.record import GuestRecord, RoomRecord
from server.storage.rooms import load_record
from signaling.errors import ProtocolError
from signaling.turn import ice_servers
from web.boxes import own
from web.i18n import translator
from web.views import Bootstrap, BootstrapRoom, PageErrorCode, RoomView

_refusals: dict[str, tuple[int, PageErrorCode]] = {
    "link-invalid": (404, "link-invalid"),
    "link-expired": (410, "link-expired"),
    "link-revoked": (410, "link-revoked"),
    "room-ended": (410, "room-ended"),
}


async def show(request: web.Request) -> web.Response:
    """``GET /j/<token>``."""
    site = request.app[SITE]
    token = request.match_info["token"]
    record, guest = await let_in(request, site, token)
    bootstrap = Bootstrap(
        token=token,
        language=language_of(request),
        room=BootstrapRoom(
            title=record.title or own(translator(language_of(request)), record.format_name),
            format=record.format,
            minutes=record.minutes,
            guests=tuple(each.shown() for each in record.guests if record.known(guest, each)),
            expires_ms=record.expires_ms,
        ),
        me=guest.shown(),
        video_slots=record.video_slots,
        ice_servers=ice_servers(site.config.turn, guest.id, time.time()),
        notes_url=f"/j/{token}/notes.md",
        after_url=record.after or ("" if record.keeps_from(guest) else f"/j/{token}/wrap-up"),
        bytes_per_hour={rung: round(per_hour(rung)) for rung in RUNGS},
    )
    return page(request, RoomView(bootstrap=bootstrap))


async def notes(request: web.Request) -> web.Response:
    """``GET /j/<token>/notes.md``: the notes as they are stored, to keep."""
    site = request.app[SITE]
    record, guest = await let_in(request, site, request.match_info["token"])
    if record.keeps_from(guest):
        text = "\n\n".join(each.text for each in await visit_notes(site.store, record.id, guest.id))
    else:
        text = await site.rooms.notes_text(record.id)
    name = file_name(record.title or record.format, record.created_ms)
    return web.Response(
        body=text.encode(),
        content_type="text/markdown",
        charset="utf-8",
        headers={"Content-Disposition": disposition(name), "Cache-Control": "no-store"},
    )


def file_name(title: str, created_ms: int, ending: str = "md") -> str:
    """A name that every file system takes: "2026-10-29 Ana and Bo.md"."""
    day = time.strftime("%Y-%m-%d", time.gmtime(created_ms / 1000))
    kept = re.sub(r"[^\w .,'()-]+", " ", title).strip(" .")
    return " ".join(f"{day} {kept}".split())[:100] + f".{ending}"


def disposition(name: str) -> str:
    """``Content-Disposition`` for any name: RFC 6266, the plain form in ASCII and the whole in UTF-8."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "")
    plain = "".join(letter for letter in plain if letter.isprintable() and letter != "\\")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def let_in(request: web.Request, site: Site, token: str) -> tuple[RoomRecord, GuestRecord]:
    """The room and the guest that a link opens. Raises ``PageError`` with what the person should know."""
    if not site.visits.allow(asker(request), site.clock() / 1000):
        raise PageError(429, "too-many-requests", retry=True)
    try:
        link = read_personal(site.secret, token)
        record = await load_record(site.store, link.room)
        guest = check(record, link, site.clock())
    except ProtocolError as error:
        raise PageError(*_refusals[error.code]) from None
    assert record is not None
    return record, guest
