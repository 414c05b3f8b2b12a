"""People for tests: made in the store, and signed in, in an aiohttp client or in a real browser."""

from __future__ import annotations

import secrets

from playwright.async_api import BrowserContext
from redis.asyncio import Redis

from server.clock import now_ms
from server.mentoring.people import Person, normal_email
from server.pages.guard import BROWSER_COOKIE
from server.storage import people, signins
from server.storage.signins import Browser
from signaling.parts import Language


async def make_person(
    store: Redis,
    name: str = "Amina Traoré",
    *,
    email: str | None = None,
    language: Language = "en",
    zone: str = "Europe/Paris",
    admin: bool = False,
    at_ms: int | None = None,
) -> Person:
    """A person with an account; without ``email`` they have an address of their own."""
    address = normal_email(email or f"{secrets.token_hex(6)}@example.org")
    return await people.create(
        store,
        Person(
            id=secrets.token_urlsafe(12),
            email=address,
            name=name,
            language=language,
            zone=zone,
            created_ms=now_ms() if at_ms is None else at_ms,
            admin=admin,
        ),
    )


async def sign_in(store: Redis, person: Person, *, agent: str = "Test", at_ms: int | None = None) -> str:
    """The secret of a browser that is signed in from now on: the value of its cookie."""
    secret = secrets.token_urlsafe(32)
    at = now_ms() if at_ms is None else at_ms
    browser = Browser(id=secrets.token_urlsafe(9), person=person.id, agent=agent, since_ms=at, seen_ms=at)
    await signins.open_browser(store, secret, browser, None)
    return secret


def cookies(secret: str) -> dict[str, str]:
    """What an aiohttp client sends to be that browser."""
    return {BROWSER_COOKIE: secret}


async def sign_in_context(context: BrowserContext, url: str, store: Redis, person: Person) -> None:
    """Signs a Playwright context in at the site of this address."""
    secret = await sign_in(store, person)
    await context.add_cookies(
        [{"name": BROWSER_COOKIE, "value": secret, "url": url, "httpOnly": True, "sameSite": "Lax"}]
    )
