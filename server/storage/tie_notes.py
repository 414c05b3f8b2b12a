"""Notes of ties. A private note is only in its author's own list: no other list leads to it."""

from __future__ import annotations

from redis.asyncio import Redis

from server.mentoring.mentorships import MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.tie_notes import TieNote, may_read
from server.storage import keys
from server.storage.records import Change, Drop, Op, load, load_many, put, ranked


def _listed_in(note: TieNote) -> str:
    if note.visibility == "shared":
        return keys.tie_notes_shared(note.mentorship)
    return keys.tie_notes_private(note.mentorship, note.author)


def saved_note(note: TieNote) -> list[Change]:
    """What stores a note, new or changed; its visibility never changes."""
    return [put(keys.tie_note(note.id), note), Op("ZADD", _listed_in(note), (note.at_ms, note.id))]


def dropped_note(note: TieNote) -> list[Change]:
    """What takes a note away."""
    return [Drop(keys.tie_note(note.id), note.version), Op("ZREM", _listed_in(note), (note.id,))]


async def load_note(store: Redis, note: str, reader: PersonId) -> TieNote | None:
    """The note as far as this person, who takes part in its tie, may read it; or None."""
    found = await load(store, keys.tie_note(note), TieNote)
    return found if found is not None and may_read(found, reader) else None


async def notes_in(
    store: Redis, mentorship: MentorshipId, reader: PersonId, most: int = 200
) -> list[TieNote]:
    """The notes of a tie that this person may read, the newest first."""
    shared = await ranked(store, keys.tie_notes_shared(mentorship), falling=True, count=most)
    own = await ranked(store, keys.tie_notes_private(mentorship, reader), falling=True, count=most)
    found = await load_many(store, [keys.tie_note(each) for each in [*shared, *own]], TieNote)
    notes = [each for each in found if each is not None and may_read(each, reader)]
    return sorted(notes, key=lambda note: -note.at_ms)[:most]
