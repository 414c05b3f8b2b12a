"""Sends what was posted: by the operator's mail server, or into the local outbox where there is none."""

from __future__ import annotations

import logging
import secrets
import ssl
from dataclasses import dataclass

from redis.asyncio import Redis

from server.mail.compose import Desk, compose
from server.mail.settings import Mail
from server.mail.smtp import LaterError, RefusedError, hand_in
from server.mail.tokens import reply_token
from server.mentoring.letters import OPTIONAL_TOPICS, Letter
from server.mentoring.people import Person
from server.storage import outbox, people, signins
from server.storage.conversations import remember_reply
from server.storage.due import Due
from server.storage.letters import forget, load_letter
from server.storage.outbox import OutboxLetter
from server.storage.signins import LINK_MS, SignInLink
from web.render import Renderer

log = logging.getLogger(__name__)

MINUTE_MS = 60_000

GIVEN_UP_MS = 24 * 60 * MINUTE_MS
"""A letter that could not be sent for so long is news no more."""

SIGN_IN_KIND = "sign-in-asked"
"""The kind of task that answers who asked for a link: about an address, whether somebody has it or not."""


def next_try(posted_ms: int, now_ms: int, last_ms: int = GIVEN_UP_MS) -> int | None:
    """When to try again, rarer and rarer, or None to give up ``last_ms`` after it was posted."""
    age = now_ms - posted_ms
    wait = MINUTE_MS if age < 10 * MINUTE_MS else 10 * MINUTE_MS if age < 120 * MINUTE_MS else 60 * MINUTE_MS
    return now_ms + wait if age + wait <= last_ms else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """``site`` is where people reach this server, without a slash at the end."""

    store: Redis
    mail: Mail
    site: str
    secret: str
    renderer: Renderer
    trust: ssl.SSLContext | None = None

    async def letter(self, task: Due, now_ms: int) -> int | None:
        """Handles the task of one letter: sent, dropped, or tried again."""
        letter = await load_letter(self.store, task.about)
        if letter is None:
            return None
        person = _guest(letter) if letter.address else await people.load_living(self.store, letter.to)
        unwanted = (
            person is None
            or person.gone
            or (letter.topic in OPTIONAL_TOPICS and letter.topic in person.unsubscribed)
        )
        if person is not None and not unwanted:
            again = await self._try(letter, person, now_ms, GIVEN_UP_MS)
            if again is not None:
                return again
        await forget(self.store, letter.id)
        return None

    async def sign_in(self, task: Due, now_ms: int) -> int | None:
        """Handles the wish for a sign-in link. ``mark`` is the ms when it was asked for, and where to go."""
        asked, _, path = task.mark.partition(" ")
        person = await people.load_by_email(self.store, task.about)
        if person is None:
            return None
        letter = Letter(
            id=secrets.token_urlsafe(12),
            to=person.id,
            kind="sign-in",
            topic="account",
            at_ms=int(asked),
            values={"minutes": LINK_MS // MINUTE_MS},
            path=path,
            sign_in_ms=LINK_MS,
        )
        return await self._try(letter, person, now_ms, LINK_MS)

    async def _try(self, letter: Letter, person: Person, now_ms: int, last_ms: int) -> int | None:
        try:
            await self.send(letter, person, now_ms)
        except RefusedError as error:
            log.warning("letter-refused", extra={"kind": letter.kind, "code": error.code})
        except LaterError as error:
            again = next_try(letter.at_ms, now_ms, last_ms)
            name = "letter-given-up" if again is None else "letter-waits"
            log.warning(name, extra={"kind": letter.kind, "error": str(error)})
            return again
        return None

    async def send(self, letter: Letter, person: Person, now_ms: int) -> None:
        """Sends a letter to a person now. Raises ``LaterError`` and ``RefusedError``."""
        url = await self._url(letter)
        desk = Desk(site=self.site, sender=self.mail.sender, secret=self.secret, renderer=self.renderer)
        message = compose(desk, letter, person, url, await self._reply_address(letter))
        if self.mail.server is not None:
            await hand_in(self.mail.server, message, self.mail.sender, person.email, self.trust)
            return
        body = message.get_body(("plain",))
        assert body is not None
        kept = OutboxLetter(
            id=letter.id,
            to=person.email,
            subject=str(message["Subject"]),
            text=body.get_content(),
            url=url,
            at_ms=now_ms,
        )
        await outbox.keep(self.store, kept)
        # Whoever started the server on their own computer reads along.
        print("\n    ".join([f"  Letter to {kept.to}: {kept.subject}", *([url] if url else [])]), flush=True)

    async def _reply_address(self, letter: Letter) -> str:
        """Where an answer goes, "" where none can: an address that only the reader of this letter knows."""
        if not letter.reply_to or self.mail.inbound is None:
            return ""
        token = reply_token(self.secret, letter.reply_to, letter.to)
        await remember_reply(self.store, token, letter.reply_to, letter.to)
        name, _, domain = self.mail.reply_address.partition("@")
        return f"{name}+{token}@{domain}"

    async def _url(self, letter: Letter) -> str:
        """Where the button leads. A link that signs in is made only now: no secret waits in the store."""
        if not letter.path and not letter.sign_in_ms:
            return ""
        if not letter.sign_in_ms:
            return f"{self.site}{letter.path}"
        token = secrets.token_urlsafe(32)
        link = SignInLink(letter.to, letter.path or "/home")
        await signins.offer(self.store, token, link, letter.sign_in_ms)
        return f"{self.site}/sign-in/{token}"


def _guest(letter: Letter) -> Person:
    """Whom a letter is for that goes to an address without an account: its words come from the letter."""
    return Person(
        id="", email=letter.address, name=letter.name, language=letter.language, zone="UTC", created_ms=0
    )
