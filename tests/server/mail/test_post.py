"""Letters on their way: to a real mail server, tried again, given up, unwanted, kept here without one."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from server import tls
from server.mail.post import GIVEN_UP_MS, MINUTE_MS, Post, next_try
from server.mail.settings import Mail, SmtpServer
from server.mail.smtp import LaterError, hand_in, trouble
from server.mentoring.letters import Letter
from server.mentoring.people import Person, with_letters
from server.storage import due, outbox, people
from server.storage.due import Due
from server.storage.letters import KIND, load_letter, posted
from server.storage.records import commit
from tests.support.accounts import make_person
from tests.support.mail import Sink, sink, text_of
from tests.support.pages import renderer
from tests.support.server import free_port

AT_MS = 1_793_278_800_000


@pytest.fixture
async def post_office() -> AsyncIterator[Sink]:
    async with sink() as running:
        yield running


@pytest.fixture
def post(store: Redis, post_office: Sink) -> Post:
    return Post(
        store=store,
        mail=post_office.mail,
        site="https://meet.example",
        secret="s" * 32,
        renderer=renderer(),
    )


async def written(store: Redis, person: Person, **changes: object) -> Due:
    values = {"id": "l1", "to": person.id, "kind": "sign-in", "topic": "messages", "at_ms": AT_MS}
    letter = Letter(**{**values, "values": {"minutes": 15}, "path": "/m/1", **changes})  # type: ignore[arg-type]
    await commit(store, posted(letter))
    [task] = await due.due(store, AT_MS)
    assert task == Due(KIND, "l1")
    return task


async def test_a_letter_is_sent_once(store: Redis, post: Post, post_office: Sink) -> None:
    person = await make_person(store)
    task = await written(store, person)
    assert await post.letter(task, AT_MS) is None
    assert await post.letter(task, AT_MS) is None
    [message] = post_office.taken
    assert "https://meet.example/m/1" in text_of(message)
    assert post_office.envelopes == [("compagnon@meet.example", (person.email,))]
    assert b"\r\n.\r\n" not in post_office.raw[0]


async def test_a_button_can_sign_in_by_a_link_that_is_made_when_the_letter_goes(
    store: Redis, post: Post, post_office: Sink
) -> None:
    task = await written(store, await make_person(store), sign_in_ms=60_000)
    assert await store.keys("*sign-in:*") == []
    await post.letter(task, AT_MS)
    assert "https://meet.example/sign-in/" in text_of(post_office.taken[0])
    [link] = await store.keys("*sign-in:*")
    assert 0 < await store.pttl(link) <= 60_000


async def test_a_busy_mail_server_gets_it_later(store: Redis, post: Post, post_office: Sink) -> None:
    post_office.refusals = ["451 busy", "421 going down"]
    task = await written(store, await make_person(store))
    assert await post.letter(task, AT_MS) == AT_MS + MINUTE_MS
    assert await post.letter(task, AT_MS + MINUTE_MS) == AT_MS + 2 * MINUTE_MS
    assert await load_letter(store, "l1") is not None
    assert await post.letter(task, AT_MS + 2 * MINUTE_MS) is None
    assert len(post_office.taken) == 1
    assert await load_letter(store, "l1") is None


async def test_a_mail_server_that_is_away_is_waited_for_a_day(
    store: Redis, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    away = SmtpServer(host="127.0.0.1", port=free_port(), tls="none")
    lost = replace(post, mail=Mail(server=away, sender="compagnon@meet.example"))
    person = await make_person(store)
    task = await written(store, person)
    now: int | None = AT_MS
    tries = 0
    while now is not None:
        last, now = now, await lost.letter(task, now)
        tries += 1
    assert 23 <= (last - AT_MS) / (60 * MINUTE_MS) <= 24
    assert tries < 60
    assert await load_letter(store, "l1") is None
    assert caplog.messages[-1] == "letter-given-up"
    assert person.email not in caplog.text


async def test_a_refused_letter_is_not_tried_again(
    store: Redis, post: Post, post_office: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    post_office.refusals = ["550 no such person"]
    assert await post.letter(await written(store, await make_person(store)), AT_MS) is None
    assert post_office.taken == []
    assert caplog.messages == ["letter-refused"]
    assert await load_letter(store, "l1") is None


async def test_who_wants_no_letters_about_something_gets_none(
    store: Redis, post: Post, post_office: Sink
) -> None:
    person = await make_person(store)
    await people.change(store, with_letters(person, "messages", wanted=False))
    await post.letter(await written(store, person), AT_MS)
    assert post_office.taken == []
    await post.letter(await written(store, person, topic="sessions"), AT_MS)
    assert len(post_office.taken) == 1


async def test_a_letter_to_somebody_who_is_gone_is_dropped(
    store: Redis, post: Post, post_office: Sink
) -> None:
    ghost = Person(id="ghost", email="g@example.org", name="", language="en", zone="UTC", created_ms=0)
    await post.letter(await written(store, ghost), AT_MS)
    assert post_office.taken == []
    assert await load_letter(store, "l1") is None


async def test_without_a_mail_server_letters_stay_here(
    store: Redis, post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    person = await make_person(store)
    here = replace(post, mail=Mail())
    await here.letter(await written(store, person), AT_MS)
    [kept] = await outbox.kept(store)
    assert (kept.to, kept.url, kept.at_ms) == (person.email, "https://meet.example/m/1", AT_MS)
    assert "https://meet.example/m/1" in capsys.readouterr().out


async def test_letters_go_encrypted_and_signed_in(store: Redis, post: Post, tmp_path: Path) -> None:
    key, certificate = tls.make_self_signed(["localhost", "127.0.0.1"], datetime.now(UTC))
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "cert.pem").write_bytes(certificate)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    async with sink(trust=serving, login=("user", "pass word")) as secured:
        server = SmtpServer(
            host="127.0.0.1", port=secured.port, tls="starttls", user="user", password="pass word"
        )
        sending = replace(post, mail=replace(post.mail, server=server), trust=trust)
        await sending.letter(await written(store, await make_person(store)), AT_MS)
        assert (secured.encrypted, secured.users) == ([True], ["user"])
        assert await trouble(server, trust) is None
        wrong = await trouble(replace(server, password="other"), trust)
        assert wrong is not None
        assert "535" in wrong or "uthentication" in wrong
        # A certificate that nobody vouches for, and a server that would go on without encryption.
        assert await trouble(server) is not None
        with pytest.raises(LaterError):
            await hand_in(server, _hello(), "a@example.org", "b@example.org")
        assert len(secured.taken) == 1


async def test_no_letter_goes_unencrypted_where_encryption_is_asked_for(post_office: Sink) -> None:
    server = SmtpServer(host="127.0.0.1", port=post_office.port, tls="starttls")
    with pytest.raises(LaterError):
        await hand_in(server, _hello(), "a@example.org", "b@example.org")
    assert post_office.taken == []


def _hello():  # type: ignore[no-untyped-def]
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = "hello"
    message.set_content("hello")
    return message


def test_tries_become_rarer_and_end() -> None:
    assert next_try(0, 0) == MINUTE_MS
    assert next_try(0, 10 * MINUTE_MS) == 20 * MINUTE_MS
    assert next_try(0, 120 * MINUTE_MS) == 180 * MINUTE_MS
    assert next_try(0, GIVEN_UP_MS - MINUTE_MS) is None
    assert next_try(0, 0, last_ms=0) is None
