"""The notes of one live room: fetched when first opened, stored before anyone is shown an edit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from server.live_document import Document, GapError
from server.live_outbox import Outbox
from server.live_saver import Saver, Write
from server.storage import notes
from signaling.errors import ProtocolError
from signaling.messages import NotesSaved
from signaling.notes import (
    EMPTY_UPDATE,
    Ask,
    Presence,
    PresenceEntry,
    Query,
    Reply,
    Update,
    decode_notes,
    encode_notes,
)

log = logging.getLogger(__name__)

COMPACT_AT = 500
"""Entries of the stream after which a snapshot takes their place."""

_most_gaps = 10
"""Gaps on one connection that are mended without a word; a client that makes more is at fault."""

_retry_s = 0.5
_ask_every_s = 5.0
_own_edit_s = 4.0


class Reader:
    """One connection that has the notes open.

    ``received`` counts its frames with updates. ``behind`` is set while an update of theirs was not taken:
    what follows builds on it, so nothing more is taken before they have sent everything anew.
    """

    def __init__(self, member: str, outbox: Outbox) -> None:
        self.member = member
        self.outbox = outbox
        self.received = 0
        self.behind = False
        self.gaps = 0
        self.ask_at = 0.0
        self.asked: bytes | None = None
        self.presence: PresenceEntry | None = None


class NotesRoom:
    """Everything here is called on the loop and returns at once; only fetching and storing take time."""

    def __init__(self, room: str, expires_ms: int, store: Redis, saver: Saver, small: str = "") -> None:
        self._room = room
        self._small = small
        self._expires_ms = expires_ms
        self._store = store
        self._saver = saver
        self._document = Document()
        self._readers: dict[Reader, None] = {}
        self._loading: asyncio.Task[None] | None = None
        self._loaded = False
        self._entries = 0
        self._last = b"0-0"
        self._compacting = False
        self._unwritten: list[tuple[str, str, bool]] = []
        self._now = asyncio.get_running_loop().time

    @property
    def text(self) -> str | None:
        """The stored text; None while it has not been fetched."""
        return self._document.text() if self._loaded else None

    def open(self, reader: Reader) -> None:
        """Lets a connection read and write: it is asked what it has, and told who else is there."""
        if reader in self._readers:
            return
        self._readers[reader] = None
        if self._loaded:
            self._greet(reader)
        elif self._loading is None:
            self._loading = asyncio.create_task(self._load())

    def close(self, reader: Reader) -> None:
        """The connection is gone, and its cursor with it."""
        if reader not in self._readers:
            return
        del self._readers[reader]
        if reader.presence is not None:
            self._show(reader, PresenceEntry(reader.presence.client, reader.presence.clock, "null"))

    def leave(self) -> None:
        """Nobody will open these notes any more."""
        if self._loading is not None:
            self._loading.cancel()

    async def stop(self) -> None:
        """Ends a fetch that is under way."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)

    def write_once(self, name: str, text: str, *, first: bool = False) -> None:
        """Writes a paragraph of the server's own at the end, or at the beginning, once for each ``name``."""
        if not self._loaded:
            self._unwritten.append((name, text, first))
            if self._loading is None:
                self._loading = asyncio.create_task(self._load())
            return
        update = self._document.compose(name, text, first=first)
        if update is not None:
            self._saver.put(self._append(update, lambda: None))

    def catch_up(self) -> None:
        """The store has room again: asks those for everything whose updates could not be taken."""
        for reader in self._readers:
            self._ask_again(reader)

    def frame(self, reader: Reader, data: bytes) -> None:
        """Takes a binary frame. Raises ``ProtocolError``; the connection can go on."""
        if reader not in self._readers:
            raise ProtocolError("bad-message", "kind", "the notes are not open")
        match decode_notes(data):
            case Ask(vector):
                self._answer(reader, vector)
            case Reply(update):
                self._take(reader, update, everything=True)
            case Update(update):
                self._take(reader, update, everything=False)
            case Presence(entries):
                self._present(reader, entries)
            case Query():
                self._tell_presence(reader)

    async def exchange(self, letters: Callable[[str], Iterable[tuple[int, str]]]) -> None:
        """Exchanges single letters of the text as it is by then; returns when that is stored and shown.

        Raises ``ProtocolError`` ``store-unavailable`` when it can't be stored soon, or as ``accept`` does.
        """
        try:
            async with asyncio.timeout(_own_edit_s):
                while not self._loaded:
                    if self._loading is None:
                        self._loading = asyncio.create_task(self._load())
                    await asyncio.wait([self._loading])
                if self._saver.full:
                    raise ProtocolError("store-unavailable", "update")
                update = self._document.exchanging(letters)
                if update:
                    stored = asyncio.Event()
                    self._document.accept(update)
                    self._saver.put(self._append(update, stored.set))
                    await stored.wait()
        except TimeoutError:
            raise ProtocolError("store-unavailable", "update") from None

    # ---------------------------------------------------------------- the text

    async def _load(self) -> None:
        while True:
            document, entries, last = Document(), 0, b"0-0"
            try:
                async for entry, update in notes.load(self._store, self._room, self._small):
                    document.load(update)
                    entries, last = entries + 1, entry
            except RedisError as error:
                log.warning("notes can't be fetched, trying on: %s", type(error).__name__)
                await asyncio.sleep(_retry_s)
                continue
            break
        self._document, self._entries, self._last = document, entries, last
        self._loaded = True
        self._loading = None
        for reader in self._readers:
            self._greet(reader)
        for name, text, first in self._unwritten:
            self.write_once(name, text, first=first)
        self._unwritten.clear()

    def _greet(self, reader: Reader) -> None:
        self._ask(reader)
        self._tell_presence(reader)
        if reader.asked is not None:
            self._answer(reader, reader.asked)
            reader.asked = None

    def _ask_again(self, reader: Reader) -> None:
        """Asks who is behind, but not all the time: the answer may be large, and refused again."""
        if self._loaded and reader.behind and not self._saver.full and self._now() >= reader.ask_at:
            self._ask(reader)

    def _ask(self, reader: Reader) -> None:
        reader.ask_at = self._now() + _ask_every_s
        reader.outbox.send_frame(encode_notes(Ask(self._document.vector())))

    def _answer(self, reader: Reader, vector: bytes) -> None:
        if self._loaded:
            reader.outbox.send_frame(encode_notes(Reply(self._document.lacking(vector))))
        else:
            reader.asked = vector

    def _take(self, reader: Reader, update: bytes, *, everything: bool) -> None:
        reader.received += 1
        if not self._loaded:
            reader.behind = True
        if reader.behind and not (everything and self._loaded):
            self._ask_again(reader)
            return
        empty = update == EMPTY_UPDATE
        try:
            if not empty:
                if self._saver.full:
                    reader.ask_at = 0.0
                    raise ProtocolError("store-unavailable", "update")
                self._document.accept(update)
        except GapError:
            reader.behind = True
            reader.gaps += 1
            if everything or reader.gaps > _most_gaps:
                raise ProtocolError("bad-message", "update", "it builds on what never came") from None
            self._ask(reader)
            return
        except ProtocolError:
            reader.behind = True
            raise
        reader.behind = False
        count = reader.received
        if empty:
            self._saver.put(Write(_nothing, lambda _: self._acknowledge(reader, count)))
        else:
            self._saver.put(self._append(update, lambda: self._acknowledge(reader, count), reader))

    def _append(self, update: bytes, done: Callable[[], object], writer: Reader | None = None) -> Write:
        """What stores an accepted update, shows it to all but its writer, then calls back."""

        def stored(answers: list[Any]) -> None:
            self._stored(writer, answers)
            done()

        return Write(
            lambda pipe: notes.append(pipe, self._room, self._expires_ms, update, self._small),
            stored,
            len(update),
        )

    def _stored(self, writer: Reader | None, answers: list[Any]) -> None:
        self._last = answers[0]
        self._entries += 1
        update = self._document.settle()
        frame = encode_notes(Update(update))
        for other in self._readers:
            if other is not writer:
                other.outbox.send_frame(frame)
        if self._entries >= COMPACT_AT and not self._compacting:
            self._compacting = True
            self._saver.put(Write(self._compact, self._compacted))

    def _acknowledge(self, reader: Reader, count: int) -> None:
        if reader in self._readers:
            reader.outbox.send(NotesSaved(count=count))

    def _compact(self, pipe: Pipeline) -> None:
        notes.compact(pipe, self._room, self._expires_ms, self._document.snapshot(), self._last, self._small)

    def _compacted(self, answers: list[Any]) -> None:
        self._entries -= answers[-1] - 1
        self._compacting = False

    # ---------------------------------------------------------------- who is where in it

    def _present(self, reader: Reader, entries: tuple[PresenceEntry, ...]) -> None:
        for entry in entries:
            if reader.presence is not None and reader.presence.client != entry.client:
                raise ProtocolError("bad-message", "awareness", "another client's id")
            if any(
                other is not reader and other.presence is not None and other.presence.client == entry.client
                for other in self._readers
            ):
                raise ProtocolError("bad-message", "awareness", "somebody else's id")
            said = PresenceEntry(entry.client, entry.clock, _signed(entry.state, reader.member))
            self._show(reader, said)
            reader.presence = said

    def _show(self, reader: Reader, entry: PresenceEntry) -> None:
        frame = encode_notes(Presence((entry,)))
        for other in self._readers:
            if other is not reader:
                other.outbox.send_frame(frame)

    def _tell_presence(self, reader: Reader) -> None:
        entries = tuple(
            other.presence
            for other in self._readers
            if other is not reader and other.presence is not None and other.presence.state != "null"
        )
        if entries:
            reader.outbox.send_frame(encode_notes(Presence(entries)))


async def stored_text(store: Redis, room: str, small: str = "") -> str:
    """The notes of a room that is not live, or of a small one in it, as Markdown; empty when there are none.

    Raises ``RedisError``.
    """
    document = Document()
    async for _, update in notes.load(store, room, small):
        document.load(update)
    return document.text()


def _nothing(pipe: Pipeline) -> None:
    """An empty update has nothing to store, but is acknowledged in its turn."""


def _signed(state: str, member: str) -> str:
    """The state with its ``user`` set to who it really comes from. Raises ``ProtocolError``."""
    try:
        value = msgspec.json.decode(state, type=dict[str, Any] | None)
    except (msgspec.DecodeError, RecursionError):
        raise ProtocolError("bad-message", "awareness", "no JSON object") from None
    return "null" if value is None else msgspec.json.encode(value | {"user": {"id": member}}).decode()
