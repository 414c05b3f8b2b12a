"""A robot that writes in the notes, and what of them is in the store."""

from __future__ import annotations

from pycrdt import Doc, Text
from redis.asyncio import Redis

from server.live_document import Document
from server.storage import notes
from signaling.messages import NotesOpen, NotesSaved
from signaling.notes import Ask, NotesFrame, Reply, Update, decode_notes, encode_notes
from tests.support.robots import Robot


class Editor(Robot):
    """A robot with a document of its own, which sends only what the test tells it to."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.doc: Doc[Text] = Doc()
        self.text = self.doc.get("notes", type=Text)

    async def turn_to(self, room: str) -> None:
        """Opens the notes of the room that it is in now, an empty document to begin with."""
        self.frames.clear()
        self.doc = Doc()
        self.text = self.doc.get("notes", type=Text)
        await self.send(NotesOpen(room=room))
        await self.frame(Ask(self.doc.get_state()))
        await self.heard_frame(Ask)
        await self.frame(Reply(self.doc.get_update()))
        await self.heard_frame(Reply)

    def heard(self, data: bytes) -> None:
        super().heard(data)
        match decode_notes(data):
            case Reply(update) | Update(update):
                self.doc.apply_update(update)

    async def open(self) -> Editor:
        """Comes, opens the notes and synchronises, as a browser does."""
        await self.come()
        await self.send(NotesOpen())
        await self.frame(Ask(self.doc.get_state()))
        await self.heard_frame(Ask)
        await self.frame(Reply(self.doc.get_update()))
        await self.heard_frame(Reply)
        return self

    async def frame(self, frame: NotesFrame) -> None:
        await self.say(encode_notes(frame))

    async def heard_frame(self, kind: type, count: int = 1) -> NotesFrame:
        def found() -> list[NotesFrame]:
            return [each for each in map(decode_notes, self.frames) if isinstance(each, kind)]

        await self.until(lambda: len(found()) >= count, f"{count} of {kind.__name__}")
        return found()[count - 1]

    def write(self, text: str) -> bytes:
        """Writes at the beginning; returns the update, unsent."""
        before = self.doc.get_state()
        self.text.insert(0, text)
        return self.doc.get_update(before)

    async def saved(self, count: int) -> None:
        await self.hears(NotesSaved, lambda told: told.count == count)


async def stored(store: Redis, room: str, small: str = "") -> str:
    document = Document()
    async for _, update in notes.load(store, room, small):
        document.load(update)
    return document.text()
