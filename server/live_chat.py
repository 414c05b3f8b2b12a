"""The chat of a live room: a line is stored before anybody is shown it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Collection

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.live_outbox import Outbox
from server.live_saver import Saver, Write
from server.rates import Rates
from server.room.chat import clean_line
from server.room.record import RoomRecord
from server.storage import chat
from signaling.errors import ProtocolError
from signaling.messages import (
    ChatLines,
    ChatOpen,
    Error,
    React,
    Reacted,
    Said,
    Say,
    ServerMessage,
    Types,
    Typing,
)
from signaling.parts import ChatLine

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Lines that are fetched at a time."""


class Chat:
    """``present`` are those who have entered. ``tell`` sends to one member, ``tell_all`` to all who have."""

    def __init__(
        self,
        store: Redis,
        saver: Saver,
        record: Callable[[], RoomRecord],
        present: Callable[[], Collection[str]],
        tell: Callable[[str, ServerMessage], None],
        tell_all: Callable[[ServerMessage], None],
    ) -> None:
        self._store = store
        self._saver = saver
        self._record = record
        self._present = present
        self._tell = tell
        self._tell_all = tell_all
        self._reactions = Rates(burst=5, per_s=1)
        self._typing = Rates(burst=2, per_s=2)
        self._lines = Rates(burst=20, per_s=20)
        self._latest = 0
        self._fetching: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """What is being fetched is not told any more."""
        for task in self._fetching:
            task.cancel()

    def handle(
        self, member: str, outbox: Outbox, message: ChatOpen | Say | Typing | React, now_ms: int
    ) -> None:
        """Carries out what somebody who has entered asks. Raises ``ProtocolError``."""
        match message:
            case ChatOpen():
                self.open(outbox, message)
            case Say():
                self.say(member, message, now_ms)
            case Typing():
                self.types(member)
            case React():
                if self._reactions.allow(member, time.monotonic()):
                    self._tell_all(Reacted(member=member, reaction=message.reaction))

    def open(self, outbox: Outbox, message: ChatOpen) -> None:
        """Sends one connection lines from the store."""
        task = asyncio.create_task(self._fetch(outbox, message.before_ms))
        self._fetching.add(task)
        task.add_done_callback(self._fetching.discard)

    def say(self, member: str, message: Say, now_ms: int) -> None:
        """Stores a line, then shows it. Raises ``ProtocolError``."""
        text = clean_line(message.text)
        if self._saver.full or not self._lines.allow(member, time.monotonic()):
            raise ProtocolError("store-unavailable")
        # Lines keep the order in which they were written: no two have the same instant.
        self._latest = max(now_ms, self._latest + 1)
        line = ChatLine(id=secrets.token_urlsafe(12), member=member, text=text, at_ms=self._latest)
        record, present = self._record(), self._present()
        self._saver.put(
            Write(
                lambda pipe: chat.add(pipe, record, line, present),
                lambda _: self._said(line, message.key),
                len(text),
            )
        )

    def types(self, member: str) -> None:
        """Tells the others that somebody is writing."""
        if self._typing.allow(member, time.monotonic()):
            self._tell_all(Types(member=member))

    def _said(self, line: ChatLine, key: str) -> None:
        # Its writer knows it again by the key, then by the id.
        self._tell(line.member, Said(line=line, key=key))
        self._tell_all(Said(line=line))

    async def _fetch(self, outbox: Outbox, before_ms: int | None) -> None:
        try:
            found = await chat.lines(self._store, self._record(), before_ms, AT_ONCE + 1)
        except RedisError:
            log.warning("the chat can't be fetched", exc_info=True)
            outbox.send(Error(code="store-unavailable", about="chat-open"))
            return
        outbox.send(ChatLines(lines=tuple(found[-AT_ONCE:]), more=len(found) > AT_ONCE))
