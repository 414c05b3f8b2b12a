"""Tells browsers by Web Push: that a session is about to begin, that a turn is near. Never waits long."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import secrets
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from msgspec import json
from redis.asyncio import Redis

from server.jobs import Handler
from server.mentoring.subscriptions import LONGEST_ENDPOINT, Subscription
from server.mentoring.zones import MINUTE_MS
from server.storage.due import Due, falls_due
from server.storage.meetings import load_session
from server.storage.people import load_living
from server.storage.records import commit
from server.storage.subscriptions import (
    PUSH,
    TURN,
    load_subscription,
    load_subscriptions,
    removed_subscription,
    server_key,
)
from server.webpush import authorization, encrypted, keys, private_key
from web.i18n import translator

log = logging.getLogger(__name__)

PATIENCE_S = 10.0
"""How long a push service may take."""

LATE_MS = 10 * MINUTE_MS
"""News of a beginning that is older than this is none."""

RETRY_MS = MINUTE_MS

_gone = frozenset({404, 410})
_pushes = frozenset({200, 201, 202, 204})


class PlaceError(Exception):
    """The address of a push service leads where none can be."""


class PublicOnly(AbstractResolver):
    """Resolves names, but not to addresses inside: a browser says where we are to connect."""

    def __init__(self) -> None:
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises ``OSError`` where one is not public."""
        found = await self._names.resolve(host, port, family)
        if not all(_public(each["host"]) for each in found):
            raise OSError(f"{host} is not a public address")
        return found

    async def close(self) -> None:
        """Nothing is held."""


def checked(endpoint: str, *, private: bool = False) -> str:
    """The address, if a push service can be there. ``private`` lets addresses inside count, too.

    Raises ``PlaceError``. Names are looked up when something is sent.
    """
    parts = urlsplit(endpoint)
    host = parts.hostname
    if len(endpoint) > LONGEST_ENDPOINT or parts.scheme != "https" or not host or parts.username is not None:
        raise PlaceError
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return endpoint
    if not private and not literal.is_global:
        raise PlaceError
    return endpoint


class Pushes:
    """``contact`` is the site's address, for the people of push services. ``private`` is for tests and for
    push services inside. Certificates count as elsewhere on this machine (``SSL_CERT_FILE``).
    """

    def __init__(self, store: Redis, contact: str, *, private: bool = False) -> None:
        self._store = store
        self._contact = contact
        self._private = private
        self._trust = ssl.create_default_context()

    def handlers(self) -> Mapping[str, Handler]:
        """By the kind of task."""
        return {PUSH: self.tell, TURN: self.turn}

    async def turn(self, task: Due, now_ms: int) -> int | None:
        """Somebody's turn is near: each of their browsers is told."""
        for each in await load_subscriptions(self._store, task.mark):
            await commit(self._store, [falls_due(Due(PUSH, each.id, f"turn:{task.about}"), now_ms)])
        return None

    async def tell(self, task: Due, now_ms: int) -> int | None:
        """Tells one browser; a minute later again where its push service didn't answer, while it is news."""
        what, _, session = task.mark.partition(":")
        subscription = await load_subscription(self._store, task.about)
        if subscription is None:
            return None
        found = await self._message(subscription, what, session, now_ms)
        if found is None:
            return None
        text, until_ms = found
        status = await self._send(subscription, text, max(60, (until_ms - now_ms) // 1000), now_ms)
        if status in _gone:
            await commit(self._store, removed_subscription(subscription))
        elif status == 0 or status == 429 or status >= 500:
            return now_ms + RETRY_MS if now_ms + RETRY_MS < until_ms else None
        elif status not in _pushes:
            log.warning("push-refused", extra={"status": status})
        return None

    async def _message(
        self, subscription: Subscription, what: str, session_id: str, now_ms: int
    ) -> tuple[bytes, int] | None:
        """The words, without anything private, and until when they are news; None when they are none."""
        session = await load_session(self._store, session_id)
        person = await load_living(self._store, subscription.person)
        if session is None or person is None or not session.stands or person.id not in session.coming:
            return None
        until = session.ends_ms if what == "turn" else session.starts_ms + LATE_MS
        if now_ms >= until:
            return None
        say = translator(person.language)
        time = say.clock(session.starts_ms, ZoneInfo(person.zone))
        told = {
            "title": say.text(f"push.{what}"),
            "body": say.text("push.turn-text" if what == "turn" else "push.at", time=time),
            "path": f"/sessions/{session.id}",
            "tag": session.id,
        }
        return json.encode(told), until

    async def _send(self, to: Subscription, text: bytes, ttl_s: int, now_ms: int) -> int:
        """The push service's answer, 0 where there was none."""
        own = private_key(await server_key(self._store, new_key()))
        headers = {
            "Authorization": authorization(to.endpoint, self._contact, own, now_ms // 1000),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl_s),
            "Urgency": "high",
        }
        connector = aiohttp.TCPConnector(
            resolver=ThreadedResolver() if self._private else PublicOnly(), ssl=self._trust
        )
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE_S)
                ) as http,
                http.post(
                    checked(to.endpoint, private=self._private),
                    data=encrypted(text, keys(to.p256dh, to.auth)),
                    headers=headers,
                    allow_redirects=False,
                ) as answer,
            ):
                return answer.status
        except PlaceError:
            return 410
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("push-unanswered", extra={"error": type(error).__name__})
            return 0


def _public(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def new_key() -> bytes:
    """A secret number for a key of P-256."""
    # Those that are 0 or beyond the group's order are fewer than one in 2 to the 32nd.
    while True:
        made = secrets.token_bytes(32)
        with contextlib.suppress(ValueError):
            private_key(made)
            return made
