"""The chat of a live room: a line is stored before anybody is shown it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from server.live_audience import Audience
from server.live_news import News
from server.live_outbox import Outbox
from server.live_saver import Saver, Write
from server.rates import Rates
from server.room.chat import clean_line
from server.room.state import RoomState
from server.storage import chat, conversations, keys
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

OVERLAP_MS = 10_000
"""What was written elsewhere may be stored after what was written later."""

MOST_KNOWN = 500
"""Lines of which it is known that they were told here."""


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
        news: News,
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
        self._news = news
        self._unfollow: Callable[[], None] = lambda: None
        self._began_ms = self._newest_ms = 0
        self._known: OrderedDict[str, None] = OrderedDict()
        self._looking: asyncio.Task[None] | None = None
        self._look_again = False
        self._fetching: set[asyncio.Task[None]] = set()

    def start(self, now_ms: int) -> None:
        """From now on what is written elsewhere in the room's conversation is told here, too."""
        self._began_ms = self._newest_ms = now_ms
        conversation = self._told().record.conversation
        if conversation:
            self._unfollow = self._news.follow(keys.written(conversation), self._look)

    def close(self) -> None:
        """What is being fetched is not told any more."""
        self._unfollow()
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
            reply=message.reply,
        )
        record = self._decided().record
        self._remember(line.id)
        self._saver.put(
            Write(
                self._adding(line),
                lambda answers: self._said(
                    chat.answered(record, line, answers[-1]) if line.reply else line, message.key
                ),
                len(text),
            )
        )

    def _adding(self, line: ChatLine) -> Callable[[Pipeline], None]:
        """What stores a line: with its small room, or with the main room; with all that there are."""
        state, present = self._decided(), self._audience.here()
        smalls = [each.id for each in state.parting.rooms] if line.everywhere else [line.room]

        def add(pipe: Pipeline) -> None:
            for small in filter(None, smalls):
                chat.add_small(pipe, state.record, line, small)
            if not line.room:
                chat.add(pipe, state.record, line, present)
            if line.reply:
                chat.find_answered(pipe, state.record, line)

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
        self._show(line)

    def _show(self, line: ChatLine) -> None:
        if line.everywhere:
            self._audience.tell_entered(Said(line=line))
        else:
            self._audience.tell_room(line.room, Said(line=line))

    # ---------------------------------------------------------------- what is written elsewhere

    def _remember(self, line: str) -> None:
        """It was told here, or is about to be."""
        self._known[line] = None
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def _look(self) -> None:
        """Something was written: here, or elsewhere."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._tell_new())
            self._fetching.add(self._looking)
            self._looking.add_done_callback(self._fetching.discard)
        else:
            self._look_again = True

    async def _tell_new(self) -> None:
        """Tells what was written elsewhere since; who is here has read it by that."""
        record = self._told().record
        while True:
            self._look_again = False
            try:
                since_ms = max(self._began_ms, self._newest_ms - OVERLAP_MS)
                found = await conversations.messages_since(self._store, record.conversation, since_ms)
                new = [each for each in found if each.id not in self._known]
                self._newest_ms = max([self._newest_ms, *(each.at_ms for each in found)])
                if new:
                    here, until_ms = self._audience.here(), new[-1].at_ms
                    await conversations.read_by(self._store, record.conversation, here, until_ms)
                for line in await chat.in_chat(self._store, record, new):
                    self._remember(line.id)
                    self._show(line)
            except RedisError:
                log.warning("what is written elsewhere can't be fetched", exc_info=True)
            if not self._look_again:
                return

    async def _fetch(self, room: str, outbox: Outbox, before_ms: int | None) -> None:
        try:
            found = await chat.lines(self._store, self._told().record, before_ms, AT_ONCE + 1, room)
        except RedisError:
            log.warning("the chat can't be fetched", exc_info=True)
            outbox.send(Error(code="store-unavailable", about="chat-open"))
            return
        outbox.send(ChatLines(lines=tuple(found[-AT_ONCE:]), more=len(found) > AT_ONCE))
