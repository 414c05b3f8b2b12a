"""The address of the WebSocket: who may open one, and with which limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from aiohttp import web

from server.live import Live
from server.live_connection import Connection
from server.live_outbox import Outbox
from server.origin import own_page
from server.sockets.conversation import GOODBYE_WITHIN_S, Conversation
from signaling.messages import IceServers, Join
from signaling.notes import MAX_UPDATE
from signaling.turn import Turn, ice_servers

HEARTBEAT_S = 15.0
"""A browser that does not answer a ping within half of it is gone."""

MAX_FRAME_BYTES = 2 * MAX_UPDATE
"""Beyond it the socket is closed with 1009; what is only too large for what it is gets an error."""


class WebSockets:
    """``serve`` is the handler of ``GET /ws``.

    ``addresses`` gives the candidates' addresses for a ``Host`` header, ``asker`` whom a request's joins are
    counted for, ``base_url`` is the site's address when a proxy stands in front, ``turn`` what TURN relays
    there are.
    """

    def __init__(
        self,
        live: Live,
        *,
        addresses: Callable[[str], Sequence[str]],
        asker: Callable[[web.Request], str],
        base_url: str | None = None,
        turn: Turn | None = None,
    ) -> None:
        self._live = live
        self._addresses = addresses
        self._asker = asker
        self._base_url = base_url
        self._turn = turn or Turn()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serves one WebSocket until it closes. A page of another site gets 403."""
        if not own_page(request.headers, self._base_url):
            return web.Response(status=403, text="This WebSocket serves its own pages only.\n")
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S,
            max_msg_size=MAX_FRAME_BYTES,
            # A browser's first offer is 30 kB of text that shrinks to 3: on a line that loses every seventh
            # packet it took 0.6 to 3.7 s to come through.
            compress=True,
            timeout=GOODBYE_WITHIN_S,
        )
        await socket.prepare(request)
        outbox = Outbox(self._live.limits.outbox)
        asker = self._asker(request)
        addresses = self._addresses(request.headers.get("Host", ""))

        async def join(message: Join) -> Connection:
            connection = await self._live.join(message, asker=asker, addresses=addresses, outbox=outbox)
            relays = ice_servers(self._turn, connection.member, time.time())
            if relays:
                outbox.send(IceServers(ice_servers=relays))
            return connection

        await Conversation(
            socket,
            request,
            outbox,
            join=join,
            leave=self._live.leave,
        ).run()
        return socket
