"""What is known of many ties at once, in one round trip and one reply however many they are.

A pipeline of five commands a tie took 60 ms for a hundred ties, most of it in reading the replies.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, json
from redis.asyncio import Redis

from server.mentoring.actions import ActionItem
from server.mentoring.meetings import Session
from server.mentoring.mentorships import Mentorship, MentorshipId
from server.mentoring.people import PersonId
from server.mentoring.tie_notes import TieNote
from server.storage import keys

PAST_MS = 120 * 86_400_000
"""Sessions that are longer ago say nothing about how a tie is doing."""

# KEYS: five for each tie: its sessions, actions, messages, moods, the reader's notes. ARGV: since when
# sessions count; what the keys of sessions, actions and notes begin with. The answer is JSON, made of the
# records as they are stored.
_KNOWN = """
local function records(ids, prefix)
  if #ids == 0 then return '[]' end
  local named, found = {}, {}
  for at, id in ipairs(ids) do named[at] = prefix .. id end
  for _, each in ipairs(redis.call('MGET', unpack(named))) do
    if each then found[#found + 1] = each end
  end
  return '[' .. table.concat(found, ',') .. ']'
end
local out = {}
for at = 1, #KEYS, 5 do
  local sessions = redis.call('ZRANGEBYSCORE', KEYS[at], ARGV[1], '+inf')
  local actions = redis.call('ZRANGE', KEYS[at + 1], 0, -1)
  local last = redis.call('ZREVRANGE', KEYS[at + 2], 0, 0, 'WITHSCORES')[2]
  local mood = nil
  for _, each in ipairs(redis.call('HVALS', KEYS[at + 3])) do
    local said = tonumber(string.match(each, ':(%d+)$'))
    if said and (not mood or said < mood) then mood = said end
  end
  local notes = redis.call('ZREVRANGE', KEYS[at + 4], 0, 0)
  out[#out + 1] = '{"sessions":' .. records(sessions, ARGV[2])
    .. ',"actions":' .. records(actions, ARGV[3])
    .. ',"message_ms":' .. (last and string.format('%.0f', tonumber(last)) or 'null')
    .. ',"mood":' .. (mood and string.format('%d', mood) or 'null')
    .. ',"notes":' .. records(notes, ARGV[4]) .. '}'
end
return '[' .. table.concat(out, ',') .. ']'
"""

_together = 200
"""Ties of one script: the store does nothing else meanwhile."""


class Known(Struct, frozen=True, kw_only=True):
    """Of one tie: its sessions of late and to come, its actions, when the last message was written.

    ``mood`` is the lower of what its people last said, ``notes`` hold the reader's last private note.
    """

    sessions: tuple[Session, ...]
    actions: tuple[ActionItem, ...]
    message_ms: int | None
    mood: int | None
    notes: tuple[TieNote, ...]


_decoder = json.Decoder(list[Known])


async def known_of(
    store: Redis, ties: Sequence[Mentorship], now_ms: int, reader: PersonId = ""
) -> dict[MentorshipId, Known]:
    """What is known of each; private notes are the ``reader``'s, none without."""
    found: dict[MentorshipId, Known] = {}
    for start in range(0, len(ties), _together):
        part = ties[start : start + _together]
        wanted = [
            key
            for tie in part
            for key in (
                keys.sessions_in(tie.id),
                keys.actions_in(tie.id),
                keys.messages(tie.id),
                keys.moods(tie.id),
                keys.tie_notes_private(tie.id, reader),
            )
        ]
        answer = await store.eval(
            _KNOWN,
            len(wanted),
            *wanted,
            now_ms - PAST_MS,
            keys.session(""),
            keys.action(""),
            keys.tie_note(""),
        )
        found.update(zip((tie.id for tie in part), _decoder.decode(answer), strict=True))
    return found
