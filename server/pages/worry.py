"""``/j/<token>/worry``: saying from within the room what worries. Nobody in the room is told.

In a session of a mentorship it goes where the mentorship's own page takes it: to those who are named for it
in the programme. In a room of links alone it is kept for whoever holds the management link.
"""

from __future__ import annotations

import re

from aiohttp import web
from msgspec import json
from redis.exceptions import RedisError

from server.mentoring.concerns import LONGEST_CONCERN, Concern
from server.mentoring.mentorships import Mentorship
from server.mentoring.programmes import Programme
from server.pages.forms import posted
from server.pages.room import let_in
from server.pages.site import SITE, Site
from server.pages.ties.concerns import raising, readers
from server.room.record import RoomRecord
from server.room.worries import LONGEST_WORRY, Worry
from server.storage.concerns import load_concern
from server.storage.mentorships import load_mentorship
from server.storage.people import ChangedMeanwhileError
from server.storage.programmes import load_people, load_programme
from server.storage.records import commit
from server.storage.worries import keep

_key = re.compile(r"[A-Za-z0-9_-]{16,40}")


async def who_reads(request: web.Request) -> web.Response:
    """``GET /j/<token>/worry``: who will read it, a group (``to``) and, in a programme, their names."""
    site = request.app[SITE]
    record, _ = await let_in(request, site, request.match_info["token"])
    tie, programme = await _behind(site, record)
    if tie is None or programme is None:
        return _json({"to": "organiser", "names": ""})
    people = await load_people(site.store, readers(programme, tie))
    names = ", ".join(sorted(each.shown for each in people.values()))
    return _json({"to": "programme" if names else "administrators", "names": names})


async def say(request: web.Request) -> web.Response:
    """``POST /j/<token>/worry`` with ``text`` and the page's own ``key``; answers when it is stored."""
    site = request.app[SITE]
    record, guest = await let_in(request, site, request.match_info["token"])
    form = await posted(request, texts=["text"])
    text, key = form.text("text").strip(), form.text("key")
    if not text:
        return _json({"error": "empty"}, 422)
    if len(text) > min(LONGEST_CONCERN, LONGEST_WORRY):
        return _json({"error": "too-long"}, 422)
    if not _key.fullmatch(key):
        return _json({"error": "key"}, 422)
    try:
        kept = await _kept(site, record, guest.id, key, text)
    except RedisError:
        return _json({"error": "store"}, 503)
    return _json({"saved": True}) if kept else _json({"error": "too-many"}, 409)


async def _kept(site: Site, record: RoomRecord, by: str, key: str, text: str) -> bool:
    now = site.clock()
    tie, programme = await _behind(site, record)
    if tie is None or programme is None:
        return await keep(site.store, record, Worry(id=key, by=by, text=text, at_ms=now))
    concern = Concern(id=key, programme=programme.id, mentorship=tie.id, by=by, text=text, at_ms=now)
    if await load_concern(site.store, key) is None:
        try:
            await commit(site.store, await raising(site.store, programme, tie, concern))
        except ChangedMeanwhileError:
            # The same one, sent again at once: it is stored.
            return await load_concern(site.store, key) is not None
    return True


async def _behind(site: Site, record: RoomRecord) -> tuple[Mentorship | None, Programme | None]:
    """The mentorship whose session this is, and its programme; nothing for a room of its own."""
    tie = await load_mentorship(site.store, record.conversation) if record.conversation else None
    return tie, None if tie is None else await load_programme(site.store, tie.programme)


def _json(said: dict[str, object], status: int = 200) -> web.Response:
    answer = web.Response(body=json.encode(said), content_type="application/json", status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
