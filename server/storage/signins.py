"""Sign-in links and signed-in browsers, by digests of their secrets: who reads the store can't sign in."""

from __future__ import annotations

import hashlib

from msgspec import Struct, json, structs
from redis.asyncio import Redis

from server.mentoring.people import PersonId
from server.storage import keys

LINK_MS = 15 * 60_000
"""How long a sign-in link works."""

BROWSER_MS = 30 * 24 * 3_600_000
"""How long a browser stays signed in."""

_seen_every_ms = 3_600_000


class SignInLink(Struct, frozen=True):
    """Whom a link lets in, and the path where they go then."""

    person: PersonId
    next: str


class Browser(Struct, frozen=True):
    """A signed-in browser. ``agent`` is how it named itself; ``id`` opens nothing."""

    id: str
    person: PersonId
    agent: str
    since_ms: int
    seen_ms: int


def digest(secret: str) -> str:
    """What is stored of a secret. Secrets are 256 random bits, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def offer(store: Redis, token: str, link: SignInLink, lasts_ms: int = LINK_MS) -> None:
    """From now on the token signs in, once."""
    await store.set(keys.sign_in(digest(token)), json.encode(link), px=lasts_ms)


async def look(store: Redis, token: str) -> SignInLink | None:
    """Whom the token would let in; it stays usable. None when it is used, too old or made up."""
    stored = await store.get(keys.sign_in(digest(token)))
    return None if stored is None else json.decode(stored, type=SignInLink)


async def consume(store: Redis, token: str) -> SignInLink | None:
    """Uses the token up: of any number who try at once, one is given the link."""
    stored = await store.getdel(keys.sign_in(digest(token)))
    return None if stored is None else json.decode(stored, type=SignInLink)


async def open_browser(store: Redis, secret: str, browser: Browser, instead_of: str | None) -> None:
    """Signs a browser in; ``instead_of`` is the secret it had before, which opens nothing from now on."""
    old = None if instead_of is None else await find_browser(store, instead_of, browser.since_ms)
    async with store.pipeline(transaction=True) as pipe:
        if old is not None and instead_of is not None:
            pipe.delete(keys.browser(digest(instead_of)))
            pipe.hdel(keys.browsers(old.person), old.id)
        pipe.set(keys.browser(digest(secret)), json.encode(browser), px=BROWSER_MS)
        pipe.hset(keys.browsers(browser.person), browser.id, digest(secret))
        pipe.pexpire(keys.browsers(browser.person), BROWSER_MS)
        await pipe.execute()


async def find_browser(store: Redis, secret: str, now_ms: int) -> Browser | None:
    """The browser with this cookie, or None; notes about once an hour that it was seen."""
    key = keys.browser(digest(secret))
    stored = await store.get(key)
    if stored is None:
        return None
    browser = json.decode(stored, type=Browser)
    if now_ms - browser.seen_ms >= _seen_every_ms:
        browser = structs.replace(browser, seen_ms=now_ms)
        # XX: one that was ended a moment ago stays ended.
        await store.set(key, json.encode(browser), xx=True, keepttl=True)
    return browser


async def browsers(store: Redis, person: PersonId) -> list[Browser]:
    """Where the person is signed in, the one seen last first."""
    listed = await store.hgetall(keys.browsers(person))
    if not listed:
        return []
    digests = [each.decode() for each in listed.values() if isinstance(each, bytes)]
    stored = await store.mget([keys.browser(each) for each in digests])
    gone = [id_ for id_, each in zip(listed, stored, strict=True) if each is None]
    if gone:
        await store.hdel(keys.browsers(person), *gone)
    found = [json.decode(each, type=Browser) for each in stored if each is not None]
    return sorted(found, key=lambda browser: browser.seen_ms, reverse=True)


async def end_browser(store: Redis, person: PersonId, browser: str) -> None:
    """Signs one of the person's browsers out; somebody else's, or one that is out already, is left alone."""
    found = await store.hget(keys.browsers(person), browser)
    if not isinstance(found, bytes):
        return
    async with store.pipeline(transaction=True) as pipe:
        pipe.delete(keys.browser(found.decode()))
        pipe.hdel(keys.browsers(person), browser)
        await pipe.execute()
