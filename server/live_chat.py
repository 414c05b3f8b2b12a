"""The chat of a live room: a line is stored before anybody is shown it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from server.live_audience import Audience
from server.live_outbox import Outbox
from server.live_saver import Saver, Write
from server.rates import Rates
from server.room.chat import clean_line
from server.room.state import RoomState
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
    """What is said in a room is told, and kept, in that room alone, small or not.

    ``told`` gives the room as it is stored, ``decided`` as it will be.
    """

    def __init__(
        self,
        store: Redis,
        saver: Saver,
        told: Callable[[], RoomState],
        audience: Audience,
        decided: Callable[[], RoomState],
    ) -> None:
        self._store = store
        self._saver = saver
        self._told = told
        self._audience = audience
        self._decided = decided
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
                self.open(member, outbox, message)
            case Say():
                self.say(member, message, now_ms)
            case Typing():
                self.types(member)
            case React():
                if self._reactions.allow(member, time.monotonic()):
                    self._around(member, Reacted(member=member, reaction=message.reaction))

    def open(self, member: str, outbox: Outbox, message: ChatOpen) -> None:
        """Sends one connection lines from the store: those of the room that its member is in."""
        room = self._audience.room_of(member)
        task = asyncio.create_task(self._fetch(room, outbox, message.before_ms))
        self._fetching.add(task)
        task.add_done_callback(self._fetching.discard)

    def say(self, member: str, message: Say, now_ms: int) -> None:
        """Stores a line, then shows it. Raises ``ProtocolError``."""
        text = clean_line(message.text)
        room = self._audience.room_of(member)
        if message.room not in (None, room):
            raise ProtocolError("moved", "room")
        if message.everywhere and not self._decided().facilitates(member):
            raise ProtocolError("not-facilitator", "everywhere")
        if self._saver.full or not self._lines.allow(member, time.monotonic()):
            raise ProtocolError("store-unavailable")
        # Lines keep the order in which they were written: no two have the same instant.
        self._latest = max(now_ms, self._latest + 1)
        line = ChatLine(
            id=secrets.token_urlsafe(12),
            member=member,
            text=text,
            at_ms=self._latest,
            room="" if message.everywhere else room,
            everywhere=message.everywhere,
        )
        self._saver.put(Write(self._adding(line), lambda _: self._said(line, message.key), len(text)))

    def _adding(self, line: ChatLine) -> Callable[[Pipeline], None]:
        """What stores a line: with its small room, or with the main room; with all that there are."""
        state, present = self._decided(), self._audience.here()
        smalls = [each.id for each in state.parting.rooms] if line.everywhere else [line.room]

        def add(pipe: Pipeline) -> None:
            for small in filter(None, smalls):
                chat.add_small(pipe, state.record, line, small)
            if not line.room:
                chat.add(pipe, state.record, line, present)

        return add

    def types(self, member: str) -> None:
        """Tells the others that somebody is writing."""
        if self._typing.allow(member, time.monotonic()):
            self._around(member, Types(member=member))

    def _around(self, member: str, message: ServerMessage) -> None:
        self._audience.tell_room(self._audience.room_of(member), message)

    def _said(self, line: ChatLine, key: str) -> None:
        # Its writer knows it again by the key, then by the id.
        self._audience.tell(line.member, Said(line=line, key=key))
        if line.everywhere:
            self._audience.tell_entered(Said(line=line))
        else:
            self._audience.tell_room(line.room, Said(line=line))

    async def _fetch(self, room: str, outbox: Outbox, before_ms: int | None) -> None:
        try:
            found = await chat.lines(self._store, self._told().record, before_ms, AT_ONCE + 1, room)
        except RedisError:
            log.warning("the chat can't be fetched", exc_info=True)
            outbox.send(Error(code="store-unavailable", about="chat-open"))
            return
        outbox.send(ChatLines(lines=tuple(found[-AT_ONCE:]), more=len(found) > AT_ONCE))
