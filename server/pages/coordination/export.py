"""A programme's ties as a table or as JSON; everything that a programme knows of one person."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.pages.access import programme_of, visitor
from server.pages.coordination.overview import Standing, standing, tie_row
from server.pages.site import SITE, PageError, Site
from server.storage.actions import load_actions
from server.storage.availability import load_availability
from server.storage.conversations import messages
from server.storage.matching import load_ranking
from server.storage.meetings import sessions_of
from server.storage.mentorships import mentorships_of
from server.storage.people import load as load_person
from server.storage.programmes import ROLES, enrolments_of, load_enrolment, load_enrolments, load_profile
from server.storage.requests import requests_of
from server.storage.tie_notes import notes_in

_most_messages = 100_000

COLUMNS = (
    "id",
    "kind",
    "state",
    "health",
    "facts",
    "mentors",
    "mentees",
    "started",
    "last_contact",
    "next_session",
    "cadence_days",
    "missed",
)


async def table(request: web.Request) -> web.Response:
    """``GET /p/{programme}/coordination/ties.csv``: RFC 4180, with the mark that spreadsheets look for."""
    it = await standing(request.app[SITE], programme_of(request))
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for line in lines(it):
        rows.writerow([plain(line[column]) for column in COLUMNS])
    return _download("\ufeff" + out.getvalue(), "text/csv", "ties.csv")


async def ties(request: web.Request) -> web.Response:
    """``GET /p/{programme}/coordination/ties.json``."""
    it = await standing(request.app[SITE], programme_of(request))
    text = msgspec.json.format(msgspec.json.encode({"ties": lines(it)}), indent=1).decode()
    return _download(text, "application/json", "ties.json")


async def person(request: web.Request) -> web.Response:
    """``GET /p/{programme}/people/{person}/export.json``: what coordinators may see of somebody.

    What they wrote to others and their notes to themself are theirs alone: they have them in their own.
    """
    site, programme = request.app[SITE], programme_of(request)
    who = request.match_info["person"]
    if not await load_enrolments(site.store, programme.id, who) and not any(
        [await load_enrolment(site.store, programme.id, who, role) for role in ROLES]
    ):
        raise PageError(404, "not-found")
    return _person(await everything(site, who, programme.id))


async def own(request: web.Request) -> web.Response:
    """``GET /account/export.json``: all that is kept of whoever asks."""
    return _person(await everything(request.app[SITE], visitor(request).id, None))


async def everything(site: Site, who: PersonId, programme: str | None) -> dict[str, object]:
    """What is kept of a person; in one programme as its coordinators may see it, or (None) all of it."""
    store = site.store
    enrolments = [each for each in await enrolments_of(store, who) if programme in {None, each.programme}]
    ties = [each for each in await mentorships_of(store, who) if programme in {None, each.programme}]
    found: dict[str, object] = {
        "person": await load_person(store, who),
        "profile": await load_profile(store, who),
        "availability": await load_availability(store, who),
        "enrolments": enrolments,
        "rankings": [
            ranking
            for each in enrolments
            if each.role != "coordinator"
            and (ranking := await load_ranking(store, each.programme, who, each.role)) is not None
        ],
        "requests": [each for each in await requests_of(store, who) if programme in {None, each.programme}],
        "mentorships": ties,
        "sessions": [each for each in await sessions_of(store, who) if programme in {None, each.programme}],
        "actions": [each for tie in ties for each in await load_actions(store, tie.id) if each.owner == who],
    }
    if programme is None:
        found["messages"] = [each for tie in ties for each in await _written(site, tie.id, who)]
        found["notes"] = [
            each
            for tie in ties
            for each in await notes_in(store, tie.id, who, _most_messages)
            if each.author == who
        ]
    return found


async def _written(site: Site, tie: MentorshipId, who: PersonId) -> list[object]:
    said = await messages(site.store, tie, count=_most_messages)
    return [each for each in said if each.author == who]


def lines(it: Standing) -> list[dict[str, str | int]]:
    """The open ties in plain values, by name of the column."""
    found: list[dict[str, str | int]] = []
    for case in it.cases:
        row, tie = tie_row(case, it), it.ties[case.mentorship]
        found.append(
            {
                "id": row.id,
                "kind": row.kind,
                "state": row.state,
                "health": row.level,
                "facts": " ".join(fact.code for fact in row.facts),
                "mentors": row.mentors,
                "mentees": row.mentees,
                "started": _instant(tie.started_ms),
                "last_contact": _instant(row.contact_ms),
                "next_session": _instant(row.next_ms),
                "cadence_days": case.facts.cadence_days,
                "missed": case.facts.missed,
            }
        )
    return found


def plain(value: str | int) -> str:
    """A cell that no spreadsheet takes for a formula (CWE-1236)."""
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _instant(at_ms: int | None) -> str:
    return "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="minutes")


def _person(found: dict[str, object]) -> web.Response:
    text = msgspec.json.format(msgspec.json.encode(found), indent=1).decode()
    return _download(text, "application/json", "person.json")


def _download(text: str, media_type: str, name: str) -> web.Response:
    return web.Response(
        text=text,
        content_type=media_type,
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
