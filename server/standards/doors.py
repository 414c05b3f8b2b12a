"""The HTTP side of WHIP and WHEP: endpoints that make sessions, and the sessions' own URLs."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from redis.exceptions import RedisError

from server.live import Live
from server.live_outbox import Outbox
from server.live_watchers import NobodyHereError
from server.rates import Rates
from server.room.links import PersonalLink
from server.standards.problems import ProblemError, refused
from server.standards.sessions import Media, PreconditionError, Publishing, Session, Sessions, Viewing
from signaling.errors import ProtocolError
from signaling.messages import Join
from signaling.sdp import MAX_BYTES
from signaling.turn import Turn, ice_servers, links
from signaling.whip import (
    DescriptionError,
    Door,
    Offered,
    read_offer,
    refused_kind,
    write_answer,
    write_fragment,
)

log = logging.getLogger(__name__)

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"

_DELETES, _DELETES_S = 60, 60.0
"""DELETE requests that one client may make at once, and in how many seconds as many again (RFC 9725 5)."""

# No cookie opens anything here, so every site's pages may ask: the bearer token alone decides.
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
    "Access-Control-Expose-Headers": "Accept-Patch, Accept-Post, ETag, Link, Location, Retry-After",
    "Access-Control-Max-Age": "86400",
}
_tag = re.compile(r'"[\x21\x23-\x7e]*"')


class Doors:
    """``add_to`` puts both doors into an application.

    ``addresses`` gives the candidates' addresses for a ``Host`` header, ``asker`` whom a request is counted
    for, ``base`` the site's own URL; ``turn`` are the relays that each session is told of, with credentials
    of its own (RFC 9725 4.6).
    """

    def __init__(
        self,
        live: Live,
        *,
        addresses: Callable[[str], Sequence[str]],
        asker: Callable[[web.Request], str],
        base: Callable[[web.Request], str],
        turn: Turn,
    ) -> None:
        self.sessions = Sessions()
        self._deletes = Rates(_DELETES, _DELETES_S)
        self.turn = turn
        self._live = live
        self._addresses = addresses
        self._asker = asker
        self._base = base

    def add_to(self, app: web.Application) -> None:
        """The routes, and the end of all sessions with the application."""

        async def stop(_: web.Application) -> None:
            await self.sessions.stop()

        for door in ("whip", "whep"):
            app.router.add_route("*", f"/{door}", self._endpoint, name=door)
            app.router.add_route("*", f"/{door}/{{session}}", self._session, name=f"{door}-session")
        app.on_shutdown.append(stop)

    async def _endpoint(self, request: web.Request) -> web.StreamResponse:
        return await self._answered(request, {"POST": self._open})

    async def _session(self, request: web.Request) -> web.StreamResponse:
        return await self._answered(
            request, {"PATCH": self._patch, "DELETE": self._delete, "GET": self._exists, "HEAD": self._exists}
        )

    async def _answered(
        self, request: web.Request, methods: dict[str, Callable[[web.Request], Awaitable[web.Response]]]
    ) -> web.StreamResponse:
        try:
            handler = methods.get(request.method) or _common.get(request.method)
            if handler is None:
                allowed = ", ".join(sorted({*methods, *_common}))
                raise ProblemError(405, f"{request.method} is not for this URL", headers={"Allow": allowed})
            response = await handler(request)
        except ProblemError as problem:
            response = problem.response()
        except DescriptionError as error:
            status = 400 if error.malformed else 422
            response = ProblemError(status, error.detail, field=error.field).response()
        except ProtocolError as error:
            response = refused(error).response()
        except RedisError:
            log.warning("door-without-store", exc_info=True)
            response = ProblemError(503, "the store can't be reached").response()
        response.headers.update(_CORS)
        response.headers["Cache-Control"] = "no-store"
        return response

    # ---------------------------------------------------------------- endpoints

    async def _open(self, request: web.Request) -> web.Response:
        door = _door(request)
        token, link = self._bearer(request)
        _require(request, SDP, "Accept-Post")
        accept = request.headers.get("Accept", "*/*")
        # WHEP gives 406 a meaning of its own: a counter-offer.
        if door == "whip" and not re.search(r"\*/\*|application/\*|application/sdp", accept, re.I):
            raise ProblemError(406, f"the answer is {SDP}", field="Accept")
        if self.sessions.full:
            raise ProblemError(503, "too many sessions")
        offered = read_offer(door, await _body(request))
        make = self._publish if door == "whip" else self._view
        media, answer = await make(request, token, offered)
        session = Session(door, link, offered, media)
        self.sessions.add(session)
        response = web.Response(status=201, text=write_answer(answer), content_type=SDP, charset=None)
        response.headers["Location"] = self._base(request) + session.path
        response.headers["ETag"] = session.tag
        response.headers["Accept-Patch"] = FRAGMENT
        for server in links(ice_servers(self.turn, link.guest, time.time())):
            response.headers.add("Link", server)
        return response

    async def _publish(self, request: web.Request, token: str, offered: Offered) -> tuple[Media, str]:
        outbox = Outbox(self._live.limits.outbox)
        connection = await self._live.join(
            Join(token=token, offer=offered.sdp),
            asker=self._asker(request),
            addresses=self._addresses(request.headers.get("Host", "")),
            outbox=outbox,
        )
        media = Publishing(connection, outbox, self._live.leave)
        try:
            answer = _whole(await media.joined())
            media.enter(microphone=offered.audio, camera=offered.video)
            return media, answer
        except BaseException:
            media.close()
            raise

    async def _view(self, request: web.Request, token: str, offered: Offered) -> tuple[Media, str]:
        try:
            watching, answer = await self._live.watch(
                token,
                offered.sdp,
                follow=request.query.get("member"),
                asker=self._asker(request),
                addresses=self._addresses(request.headers.get("Host", "")),
            )
        except NobodyHereError:
            raise ProblemError(409, "nobody is in the room") from None
        media = Viewing(watching)
        try:
            return media, _whole(answer)
        except ProblemError:
            media.close()
            raise

    # ---------------------------------------------------------------- sessions

    async def _patch(self, request: web.Request) -> web.Response:
        session = self._own(request)
        _require(request, FRAGMENT, "Accept-Patch")
        if not session.allows():
            raise ProblemError(429, "too many PATCH requests")
        header = request.headers.get("If-Match")
        if header is None:
            raise ProblemError(428, "If-Match must name the ICE session", field="If-Match")
        # RFC 9725's own example has the asterisk in quotation marks.
        tags = (
            {"*"} if header.strip() in ("*", '"*"') else set(_tag.findall(re.sub(r'W/"[^"]*"', "", header)))
        )
        try:
            answer = await session.patch(await _body(request), frozenset(tags))
        except PreconditionError:
            raise ProblemError(412, "another ICE session is current", field="If-Match") from None
        if answer is None:
            return web.Response(status=204)
        response = web.Response(text=write_fragment(answer), content_type=FRAGMENT, charset=None)
        response.headers["ETag"] = session.tag
        return response

    async def _delete(self, request: web.Request) -> web.Response:
        if not self._deletes.allow(self._asker(request), time.monotonic()):
            raise ProblemError(429, "too many DELETE requests")
        self.sessions.end(self._own(request))
        return web.Response(status=200)

    async def _exists(self, request: web.Request) -> web.Response:
        self._own(request)
        return web.Response(status=204)

    def _own(self, request: web.Request) -> Session:
        """The session of the URL, for the link that made it."""
        _, link = self._bearer(request)
        session = self.sessions.find(_door(request), request.match_info["session"])
        if session is None:
            raise ProblemError(404, "there is no such session (any more)")
        if (link.room, link.guest) != (session.link.room, session.link.guest):
            raise ProblemError(403, "the session belongs to another link", field="Authorization")
        return session

    def _bearer(self, request: web.Request) -> tuple[str, PersonalLink]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise ProblemError(
                401,
                "a personal link's token is needed as bearer",
                field="Authorization",
                headers={"WWW-Authenticate": 'Bearer realm="compagnon"'},
            )
        return token.strip(), self._live.link(token.strip())


def _door(request: web.Request) -> Door:
    return "whip" if request.path.startswith("/whip") else "whep"


def _whole(answer: str) -> str:
    """The answer, when it takes every section: half a session would mislead people (RFC 9725 4.4.3)."""
    kind = refused_kind(answer)
    if kind is not None:
        raise ProblemError(422, f"no codec of the {kind} section can be used", field=f"m={kind}")
    return answer


async def _preflight(request: web.Request) -> web.Response:
    """Answers OPTIONS; the preflight of a browser's request among them (Fetch 3.2.2)."""
    headers = {"Accept-Post": SDP, "Allow": _CORS["Access-Control-Allow-Methods"]}
    if "session" in request.match_info:
        headers["Accept-Patch"] = FRAGMENT
    return web.Response(headers=headers)


async def _empty(request: web.Request) -> web.Response:
    """Answers GET and HEAD: no content, and the type that tells a player what stands here."""
    return web.Response(content_type=SDP, charset=None, body=b"")


_common: dict[str, Callable[[web.Request], Awaitable[web.Response]]] = {
    "OPTIONS": _preflight,
    "GET": _empty,
    "HEAD": _empty,
}


def _require(request: web.Request, kind: str, header: str) -> None:
    if request.content_type != kind or "Content-Type" not in request.headers:
        raise ProblemError(415, f"the body must be {kind}", field="Content-Type", headers={header: kind})


async def _body(request: web.Request) -> str:
    if (request.content_length or 0) > MAX_BYTES:
        raise ProblemError(413, f"at most {MAX_BYTES} bytes", field="body")
    try:
        await request.content.readexactly(MAX_BYTES + 1)
    except asyncio.IncompleteReadError as end:
        return end.partial.decode(errors="replace")
    raise ProblemError(413, f"at most {MAX_BYTES} bytes", field="body")
