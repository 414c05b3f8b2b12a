"""Records under version numbers, changed together or not at all.

What a rule decided is one commit: records with their next version, the indexes that find them, what falls
due, what is to be sent. A commit whose records have changed meanwhile does nothing; the same commit said
again (the client repeats a command whose answer was lost) does nothing more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol, TypeVar, cast

import msgspec
from msgspec import Struct
from redis.asyncio import Redis

from server.storage.people import ChangedMeanwhileError

ONCE_MS = 24 * 3_600_000
"""How long a form that was sent twice is recognised."""

# KEYS[1..n] are named by number. ARGV[1] is {puts: [[key, version, body]], drops: [[key, version]], claims:
# [[key, value]], ops: [[command, key, …]], once: [key, location, ms] or nil}. Answers {0} done, {1, n} the
# nth record changed, {2, location} sent before.
_COMMIT = """
local change = cjson.decode(ARGV[1])
if change.once then
  local known = redis.call('GET', KEYS[change.once[1]])
  if known then return {2, known} end
end
local same, fresh = 0, 0
for at, put in ipairs(change.puts) do
  local known = redis.call('GET', KEYS[put[1]])
  if known == put[3] then same = same + 1
  else
    local version = known and cjson.decode(known).version or 0
    if version ~= put[2] - 1 then return {1, at} end
    fresh = fresh + 1
  end
end
for at, drop in ipairs(change.drops) do
  local known = redis.call('GET', KEYS[drop[1]])
  if known then
    if cjson.decode(known).version ~= drop[2] then return {1, #change.puts + at} end
    fresh = fresh + 1
  else same = same + 1 end
end
for at, claim in ipairs(change.claims) do
  local known = redis.call('GET', KEYS[claim[1]])
  if known and known ~= claim[2] then return {1, #change.puts + #change.drops + at} end
  if known then same = same + 1 else fresh = fresh + 1 end
end
if same > 0 and fresh == 0 then return {0} end
-- Some as they would be and some not: another commit made the same change to one of them.
if same > 0 then return {1, 0} end
for _, put in ipairs(change.puts) do redis.call('SET', KEYS[put[1]], put[3]) end
for _, drop in ipairs(change.drops) do redis.call('DEL', KEYS[drop[1]]) end
for _, claim in ipairs(change.claims) do redis.call('SET', KEYS[claim[1]], claim[2]) end
for _, op in ipairs(change.ops) do
  redis.call(op[1], KEYS[op[2]], unpack(op, 3))
end
if change.once then redis.call('SET', KEYS[change.once[1]], change.once[2], 'PX', change.once[3]) end
return {0}
"""


class Versioned(Protocol):
    """A record with its version, counted from 1."""

    @property
    def version(self) -> int:
        """How often it was stored."""


class Put(Struct, frozen=True):
    """Store the record at ``key``: what stands there is of the version before, or nothing for version 1."""

    key: str
    record: Struct
    version: int


class Drop(Struct, frozen=True):
    """Take away the record at ``key``, which is of this version."""

    key: str
    version: int


class Claim(Struct, frozen=True):
    """Hold ``key`` for ``value`` (an address for its person): nobody else may hold it."""

    key: str
    value: str


class Op(Struct, frozen=True):
    """One command of an index: ``Op("SADD", key, (member,))``; done only if all records were as expected."""

    command: str
    key: str
    words: tuple[str | int | bytes, ...]


class Once(Struct, frozen=True):
    """A form's own token: a second commit with it does nothing and says where the first one led."""

    key: str
    location: str


Change = Put | Drop | Claim | Op


class DoneBeforeError(Exception):
    """The same form was sent before; ``location`` is the path where that led."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


Record = TypeVar("Record", bound=Struct)
Answer = TypeVar("Answer")


def put(key: str, record: Versioned) -> Put:
    """Stores the record under the version it carries."""
    return Put(key, cast("Struct", record), record.version)


async def commit(store: Redis, changes: Iterable[Change], once: Once | None = None) -> None:
    """All of the changes, or none of them.

    Raises ``ChangedMeanwhileError`` when a record is not of the version before or a key is somebody else's,
    ``DoneBeforeError`` for a form that was sent twice.
    """
    keys: list[str] = []
    places: dict[str, int] = {}

    def place(key: str) -> int:
        if key not in places:
            keys.append(key)
            places[key] = len(keys)
        return places[key]

    puts: list[Sequence[object]] = []
    drops: list[Sequence[object]] = []
    claims: list[Sequence[object]] = []
    ops: list[Sequence[object]] = []
    for change in changes:
        match change:
            case Put(key, record, version):
                puts.append([place(key), version, msgspec.json.encode(record).decode()])
            case Drop(key, version):
                drops.append([place(key), version])
            case Claim(key, value):
                claims.append([place(key), value])
            case Op(command, key, words):
                ops.append([command, place(key), *(_word(word) for word in words)])
    told: dict[str, object] = {"puts": puts, "drops": drops, "claims": claims, "ops": ops}
    if once is not None:
        told["once"] = [place(once.key), once.location, ONCE_MS]
    answer = await store.eval(_COMMIT, len(keys), *keys, msgspec.json.encode(told))
    if answer[0] == 1:
        raise ChangedMeanwhileError
    if answer[0] == 2:
        raise DoneBeforeError(answer[1].decode())


async def led_to(store: Redis, once: Once) -> str | None:
    """Where the form led when it was sent before; None when it wasn't."""
    found = await store.get(once.key)
    return None if found is None else _decoded(found)


async def not_done_before(store: Redis, once: Once) -> None:
    """For a form that something stands in the way of: raises ``DoneBeforeError`` if that is the form itself,
    sent before.
    """
    location = await led_to(store, once)
    if location is not None:
        raise DoneBeforeError(location)


def _word(word: str | int | bytes) -> str:
    return word.decode() if isinstance(word, bytes) else str(word)


async def load(store: Redis, key: str, kind: type[Record]) -> Record | None:
    """The record at a key, or None."""
    stored = await store.get(key)
    return None if stored is None else msgspec.json.decode(stored, type=kind)


async def load_many(store: Redis, keys: Sequence[str], kind: type[Record]) -> list[Record | None]:
    """The records at the keys, in their order, in one round trip."""
    if not keys:
        return []
    decoder = msgspec.json.Decoder(kind)
    return [None if each is None else decoder.decode(each) for each in await store.mget(keys)]


async def members(store: Redis, key: str) -> list[str]:
    """A set's members, in alphabetical order."""
    return sorted(_decoded(each) for each in await store.smembers(key))


async def ranked(
    store: Redis,
    key: str,
    least: int | None = None,
    most: int | None = None,
    *,
    falling: bool = False,
    count: int | None = None,
) -> list[str]:
    """The members of a sorted set whose score is within [least, most], by rising score or ``falling``.

    The first ``count`` of them, all by default.
    """
    start: int | str = "-inf" if least is None else least
    end: int | str = "+inf" if most is None else most
    if falling:
        start, end = end, start
    found = await store.zrange(
        key, start, end, desc=falling, byscore=True, offset=0, num=-1 if count is None else count
    )
    return [_decoded(each) for each in found]


async def placed(store: Redis, key: str, skip: int, count: int) -> list[str]:
    """So many members of a sorted set by rising score, after the first ``skip``."""
    return [_decoded(each) for each in await store.zrange(key, skip, skip + count - 1)]


def _decoded(member: object) -> str:
    assert isinstance(member, bytes)
    return member.decode()


async def deciding(decide: Callable[[], Awaitable[Answer]], tries: int = 8) -> Answer:
    """Loads, decides and commits again while others were faster; the last refusal is raised.

    For decisions of the server. A person's own edit is not repeated: they are shown what changed.
    """
    for _ in range(tries - 1):
        try:
            return await decide()
        except ChangedMeanwhileError:
            continue
    return await decide()
