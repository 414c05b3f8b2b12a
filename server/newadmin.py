"""``compagnon admin invite``: makes somebody an administrator and sends, or prints, a link to sign in."""

from __future__ import annotations

import argparse
import secrets
from dataclasses import dataclass

from msgspec import structs

from server.clock import now_ms
from server.config import Config, ConfigError
from server.errors import OperatorError
from server.mail.post import Post
from server.mail.smtp import LaterError, RefusedError
from server.mentoring.letters import Letter
from server.mentoring.people import EmailError, Person, normal_email, promoted
from server.room.names import clean_name
from server.storage import people, signins
from server.storage.client import connect
from server.storage.records import deciding
from server.storage.secret import load_secret
from server.storage.signins import SignInLink
from server.store import beside
from signaling.errors import ProtocolError
from signaling.parts import Language
from web.assets import AssetError, Assets
from web.i18n import LANGUAGES, as_language
from web.render import Renderer

WORKS_MS = 7 * 24 * 3_600_000
"""How long the link works: whoever is invited may not sit at their mail."""

PATH = "/account"


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is to be an administrator; ``name`` "" leaves the name that the account has."""

    email: str
    name: str
    language: Language


def read(words: argparse.Namespace) -> Invited:
    """What the command line asks for. Raises ``ConfigError``."""
    language = as_language(words.language)
    if language is None:
        raise ConfigError(f"--language must be {' or '.join(LANGUAGES)}, but it is “{words.language}”.")
    try:
        return Invited(normal_email(words.email), clean_name(words.name) if words.name else "", language)
    except EmailError as error:
        raise ConfigError(f"“{words.email}” is no e-mail address: {error}.") from None
    except ProtocolError:
        raise ConfigError("--name is empty or too long.") from None


async def invite(config: Config, invited: Invited) -> str:
    """Makes the account an administrator's; gives the lines to print.

    Raises ``OperatorError`` and ``RedisError``.
    """
    async with beside(config) as (store_url, base):
        store = connect(store_url)
        try:

            async def decide() -> Person:
                new = Person(
                    id=secrets.token_urlsafe(12),
                    email=invited.email,
                    name=invited.name,
                    language=invited.language,
                    zone="UTC",
                    created_ms=now_ms(),
                    admin=True,
                )
                person = await people.create(store, new)
                if person.admin and (not invited.name or person.name == invited.name):
                    return person
                changed = promoted(person)
                if invited.name:
                    changed = structs.replace(changed, name=invited.name)
                await people.change(store, changed)
                return changed

            person = await deciding(decide)
            if config.mail.server is None:
                token = secrets.token_urlsafe(32)
                await signins.offer(store, token, SignInLink(person.id, PATH), WORKS_MS)
                said = f"{person.email} is an administrator. This link signs in once, within seven days:"
                return f"{said}\n\n  {base}/sign-in/{token}\n"
            post = Post(
                store=store,
                mail=config.mail,
                site=base,
                secret=await load_secret(store),
                renderer=Renderer(_assets()),
            )
            await _send(post, person)
            return f"{person.email} is an administrator. A letter with a link to sign in has been handed in."
        finally:
            await store.aclose()


def _assets() -> Assets:
    try:
        return Assets.load()
    except AssetError as error:
        raise OperatorError(str(error)) from None


async def _send(post: Post, person: Person) -> None:
    now = now_ms()
    letter = Letter(
        id=secrets.token_urlsafe(12),
        to=person.id,
        kind="admin-invited",
        topic="account",
        at_ms=now,
        values={"site": post.site.partition("://")[2]},
        path=PATH,
        sign_in_ms=WORKS_MS,
    )
    try:
        await post.send(letter, person, now)
    except (LaterError, RefusedError) as error:
        raise OperatorError(f"The letter can't be handed in ({error}): check --smtp-url.") from None
