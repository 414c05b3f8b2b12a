"""The first administrator: made from the command line, with a link that is sent or printed."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path

import pytest
from redis.asyncio import Redis

from server import newadmin
from server.config import Config, ConfigError, read
from server.errors import OperatorError
from server.storage import people, signins
from tests.support.accounts import make_person
from tests.support.mail import sink, text_of
from tests.support.server import free_port
from tests.support.store import Valkey


def words(email: str, name: str = "", language: str = "en") -> Namespace:
    return Namespace(email=email, name=name, language=language)


def config(data: Path, valkey: Valkey, **said: str) -> Config:
    return read({"data": str(data), "redis_url": valkey.url, "base_url": "https://meet.example", **said}, {})


async def test_the_link_is_printed_and_signs_in(tmp_path: Path, valkey: Valkey, store: Redis) -> None:
    invited = newadmin.read(words("Ada@Example.org", "Ada Lovelace", "fr"))
    said = await newadmin.invite(config(tmp_path, valkey), invited)
    found = re.search(r"https://meet\.example/sign-in/(\S+)", said)
    assert found is not None
    link = await signins.consume(store, found[1])
    assert link is not None
    person = await people.load(store, link.person)
    assert person is not None
    assert (person.email, person.name, person.language, person.admin) == (
        "ada@example.org",
        "Ada Lovelace",
        "fr",
        True,
    )


async def test_somebody_who_has_an_account_is_promoted(tmp_path: Path, valkey: Valkey, store: Redis) -> None:
    person = await make_person(store, "Zoë")
    for _ in range(2):
        await newadmin.invite(config(tmp_path, valkey), newadmin.read(words(person.email)))
    after = await people.load(store, person.id)
    assert after is not None
    assert (after.admin, after.name, after.version) == (True, "Zoë", 2)


async def test_with_a_mail_server_the_link_is_sent(tmp_path: Path, valkey: Valkey, store: Redis) -> None:
    async with sink() as office:
        mailing = config(
            tmp_path, valkey, smtp_url=f"smtp://127.0.0.1:{office.port}", mail_from="c@meet.example"
        )
        said = await newadmin.invite(mailing, newadmin.read(words("ada@example.org", language="fr")))
        [message] = office.taken
    assert "https://" not in said
    assert "https://meet.example/sign-in/" in text_of(message)
    assert message["Content-Language"] == "fr"


async def test_a_mail_server_that_is_away_is_said(tmp_path: Path, valkey: Valkey, store: Redis) -> None:
    mailing = config(tmp_path, valkey, smtp_url=f"smtp://127.0.0.1:{free_port()}", mail_from="c@meet.example")
    with pytest.raises(OperatorError, match="check --smtp-url"):
        await newadmin.invite(mailing, newadmin.read(words("ada@example.org")))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (words("nobody"), "“nobody” is no e-mail address"),
        (words("a@example.org", language="de"), "--language must be en or fr"),
        (words("a@example.org", name="x" * 81), "--name is empty or too long"),
    ],
)
def test_wrong_words_are_one_sentence(said: Namespace, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        newadmin.read(said)
