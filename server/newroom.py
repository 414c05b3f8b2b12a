"""``compagnon room new``: makes a session from the command line and prints everybody's link."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from server import sessions
from server.config import Config, ConfigError
from server.room.formats import Format, formats
from server.room.guest_list import read_list
from server.room.names import clean_name
from server.room.record import MOST_GUESTS
from server.sessions import personal_path
from server.storage.client import connect
from server.storage.secret import load_secret
from server.store import beside
from signaling.errors import ProtocolError
from signaling.parts import Role


@dataclass(frozen=True, slots=True)
class Wanted:
    """A session as asked for."""

    agenda: Format
    minutes: int
    title: str
    people: tuple[tuple[str, Role], ...]


def read(words: argparse.Namespace) -> Wanted:
    """What the command line asks for. Raises ``ConfigError``."""
    agenda = formats().get(words.agenda)
    if agenda is None:
        raise ConfigError(f"--format must be {_either(list(formats()))}, but it is “{words.agenda}”.")
    people = tuple(_guest(text) for text in words.guest)
    if words.guest_list is not None:
        people += tuple(_listed(_text_of(words.guest_list)))
    if len(people) < 2:
        raise ConfigError("--guest must be given for at least two people.")
    return Wanted(agenda, words.minutes if words.minutes is not None else agenda.minutes, words.title, people)


async def make(config: Config, wanted: Wanted) -> str:
    """Makes the session; gives the lines to print. Raises ``OperatorError`` and ``RedisError``."""
    async with beside(config) as (store_url, base):
        store = connect(store_url)
        try:
            secret = await load_secret(store)
            session = await sessions.make(
                store,
                secret,
                wanted.agenda,
                wanted.minutes,
                wanted.people,
                time.time_ns() // 10**6,
                wanted.title,
            )
        except ProtocolError as error:
            raise ConfigError(_refusal(error)) from None
        except ValueError as error:
            raise ConfigError(f"--minutes: {error}.") from None
        finally:
            await store.aclose()
    width = max(len(guest.name) for guest in session.record.guests)
    lines = [
        f"{guest.name:<{width}}  {guest.role}  {base}{personal_path(secret, session.record, guest)}"
        for guest in session.record.guests
    ]
    return "\n".join([*lines, "", f"All links, to revoke or renew them: {base}/s/{session.management}"])


def _guest(text: str) -> tuple[str, Role]:
    name, colon, said = text.rpartition(":")
    role: Role | None = next((role for role in get_args(Role) if role == said.strip().lower()), None)
    if not colon or role is None:
        raise ConfigError(
            f"--guest must look like NAME:mentor, NAME:mentee or NAME:observer, but it is “{text}”."
        )
    return name, role


def _text_of(place: str) -> str:
    try:
        return sys.stdin.read() if place == "-" else Path(place).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"--guest-list: {place} can't be read: {reason}.") from None


def _listed(text: str) -> Iterator[tuple[str, Role]]:
    """The people of a list. Raises ``ConfigError`` with the line that is at fault."""
    roles: dict[str, Role] = {role: role for role in get_args(Role)}
    for each in read_list(text, roles):
        if each.role is None:
            raise ConfigError(
                f"--guest-list: line {each.line} must end in mentor, mentee, observer or none of them."
            )
        try:
            yield clean_name(each.name), each.role
        except ProtocolError as error:
            wrong = "has no name" if error.code == "name-missing" else "has a name that is too long"
            raise ConfigError(f"--guest-list: line {each.line} {wrong}.") from None


def _refusal(error: ProtocolError) -> str:
    match error.code:
        case "name-missing":
            return "--guest: somebody has no name."
        case "name-too-long":
            return "--title is too long." if error.field == "title" else "--guest: a name is too long."
        case "room-full":
            return f"--guest: too many people, a room takes up to {MOST_GUESTS}."
        case _:
            return f"The session can't be made ({error.code})."


def _either(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
