"""Answers by e-mail, handed in over real SMTP: they land where they belong, or come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
from msgspec import structs
from redis.asyncio import Redis

from server import inbound
from server.app import running
from server.clock import now_ms
from server.config import read
from server.conversations import message_changes, tell
from server.errors import OperatorError
from server.inbound import Answers
from server.mail.post import Post
from server.mentoring.mentorships import Mentorship
from server.mentoring.people import Person
from server.rates import Rates
from server.storage import conversations, due
from server.storage.letters import KIND
from server.storage.mentorships import load_mentorship, saved_mentorship
from server.storage.records import commit
from tests.server.pages.permissions_table import Stage, staged, tie
from tests.support.mail import Sink, sink, text_of
from tests.support.pages import renderer
from tests.support.server import free_port
from tests.support.store import Valkey

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
async def stage(store: Redis) -> Stage:
    return await staged(store)


@pytest.fixture
async def office() -> AsyncIterator[Sink]:
    async with sink() as running:
        yield running


@pytest.fixture
async def answers(store: Redis, office: Sink) -> AsyncIterator[Answers]:
    mail = replace(office.mail, inbound=("127.0.0.1", free_port()))
    made = Answers(store, mail, now_ms, asyncio.Event())
    server = await inbound.listen(made, *mail.inbound)
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()


async def told(store: Redis, stage: Stage, answers: Answers, office: Sink, text: str = "Hello") -> str:
    """The mentor writes, the mentee gets a letter: the address that it asks answers to."""
    mentorship = await mentorship_of(store, stage)
    at = now_ms()
    await commit(store, message_changes(mentorship, stage.people["own-mentor"].id, text, at))
    await send_letters(store, answers, at + 11 * 60_000)
    return str(office.taken[-1]["Reply-To"])


async def send_letters(store: Redis, answers: Answers, now: int) -> None:
    post = Post(
        store=store,
        mail=answers.mail,
        site="https://meet.example",
        secret="s" * 32,
        renderer=renderer(),
    )
    for task in await due.due(store, now):
        if task.kind == conversations.NOTIFY and await tell(store, task, now) is None:
            await due.take(store, task, now, now + 1)
            await due.done(store, task, now + 1)
    for task in await due.due(store, now):
        if task.kind == KIND:
            await post.letter(task, now)


async def mentorship_of(store: Redis, stage: Stage) -> Mentorship:
    found = await load_mentorship(store, stage.values["mentorship"])
    assert found is not None
    return found


def answer(sender: Person | str, to: str, text: str = "Gladly.", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender if isinstance(sender, str) else f"{sender.name} <{sender.email}>"
    message["To"] = to
    message["Subject"] = "Re: Mentor 1 wrote to you"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


async def hand_in(answers: Answers, message: EmailMessage, to: str | None = None) -> tuple[int, str]:
    """The answer of our listener, as the mail server that hands the message in hears it."""
    assert answers.mail.inbound is not None
    host, port = answers.mail.inbound
    try:
        async with aiosmtplib.SMTP(hostname=host, port=port, start_tls=False) as client:
            _, said = await client.send_message(
                message, sender="x@example.org", recipients=[to or message["To"]]
            )
    except aiosmtplib.SMTPRecipientsRefused as error:
        return error.recipients[0].code, error.recipients[0].message
    except aiosmtplib.SMTPResponseException as error:
        return error.code, error.message
    return 250, said


async def texts(store: Redis, stage: Stage) -> list[tuple[str, str]]:
    found = await conversations.messages(store, stage.values["mentorship"])
    return [(each.text, each.via) for each in found]


async def test_an_answer_lands_in_its_conversation(
    store: Redis, stage: Stage, answers: Answers, office: Sink
) -> None:
    mentee = stage.people["own-mentee"]
    to = await told(store, stage, answers, office)
    [letter] = office.taken
    assert "> Hello" in text_of(letter)
    quoted = "\n".join(f"> {line}" for line in text_of(letter).splitlines())
    message = answer(mentee, to, f"Gladly.\n\nOn Thu, Compagnon <{to}> wrote:\n\n{quoted}\n")
    assert await hand_in(answers, message) == (250, "2.0.0 Delivered.")
    assert await texts(store, stage) == [("Hello", "page"), ("Gladly.", "mail")]
    [_, last] = await conversations.messages(store, stage.values["mentorship"])
    assert last.author == mentee.id
    assert answers.soon.is_set()
    # The mentor is told, and can answer in turn.
    await send_letters(store, answers, now_ms() + 11 * 60_000)
    assert office.envelopes[-1][1] == (stage.people["own-mentor"].email,)
    assert office.taken[-1]["Reply-To"] != to


async def test_html_and_files_come_along(store: Redis, stage: Stage, answers: Answers, office: Sink) -> None:
    to = await told(store, stage, answers, office)
    message = EmailMessage()
    message["From"] = stage.people["own-mentee"].email
    message["To"] = to.upper()
    message.set_content(
        "<html><head><style>p{}</style></head><body><p>Gladly,<br>on&nbsp;Friday.</p>"
        '<div class="gmail_quote">On Thu wrote:<blockquote>Hello</blockquote></div></body></html>',
        subtype="html",
    )
    message.add_attachment(PNG, maintype="application", subtype="x-msdownload", filename="../a.png")
    assert (await hand_in(answers, message))[0] == 250
    [_, last] = await conversations.messages(store, stage.values["mentorship"])
    assert last.text == "Gladly,\non Friday."
    assert [(file.name, file.media_type) for file in last.attachments] == [("a.png", "image/png")]
    assert await conversations.load_attachment(store, last.attachments[0].id) == PNG


async def test_a_strangers_answer_does_not_get_in(
    store: Redis, stage: Stage, answers: Answers, office: Sink
) -> None:
    to = await told(store, stage, answers, office)
    mentor = stage.people["own-mentor"]
    for sender in ("stranger@example.org", mentor, f"a@example.org, {stage.people['own-mentee'].email}"):
        code, said = await hand_in(answers, answer(sender, to))
        assert code == 550
        assert said.isascii()
    code, said = await hand_in(answers, answer("stranger@example.org", to))
    assert "Only whom the letter was sent to can answer it" in said
    assert await texts(store, stage) == [("Hello", "page")]


@pytest.mark.parametrize(
    "to",
    [
        "reply+aaaaaaaaaaaaaaaaaaaaaaaa@meet.example",
        "reply@meet.example",
        "reply+@meet.example",
        "other+{token}@meet.example",
        "reply+{token}@other.example",
        "reply+{token}x@meet.example",
    ],
)
async def test_other_addresses_are_refused_before_anything_is_read(
    store: Redis, stage: Stage, answers: Answers, office: Sink, to: str
) -> None:
    token = (await told(store, stage, answers, office)).partition("+")[2].partition("@")[0]
    code, said = await hand_in(answers, answer(stage.people["own-mentee"], to.format(token=token)))
    assert (code, "No conversation has this address" in said) == (550, True)
    assert await texts(store, stage) == [("Hello", "page")]


async def test_an_address_is_good_for_its_own_conversation_alone(
    store: Redis, stage: Stage, answers: Answers, office: Sink
) -> None:
    other = await tie(store, stage.cast.programme.id, stage.people["own-mentor"], stage.people["mentee"])
    to = await told(store, stage, answers, office)
    assert (await hand_in(answers, answer(stage.people["own-mentee"], to)))[0] == 250
    assert await conversations.messages(store, other.id) == []
    code, _ = await hand_in(answers, answer(stage.people["mentee"], to))
    assert code == 550


def closed(mentorship: Mentorship) -> Mentorship:
    return structs.replace(mentorship, state="closed", version=mentorship.version + 1)


def left(mentorship: Mentorship) -> Mentorship:
    gone = tuple(structs.replace(each, to_ms=now_ms()) for each in mentorship.participations)
    return structs.replace(mentorship, participations=gone, version=mentorship.version + 1)


@pytest.mark.parametrize("change", [closed, left])
async def test_who_can_not_write_any_more_is_told(
    store: Redis, stage: Stage, answers: Answers, office: Sink, change: Callable[[Mentorship], Mentorship]
) -> None:
    to = await told(store, stage, answers, office)
    await commit(store, saved_mentorship(change(await mentorship_of(store, stage))))
    code, said = await hand_in(answers, answer(stage.people["own-mentee"], to))
    assert (code, "closed" in said) == (550, True)


async def test_the_same_mail_handed_in_twice_is_one_message(
    store: Redis, stage: Stage, answers: Answers, office: Sink
) -> None:
    to = await told(store, stage, answers, office)
    message = answer(stage.people["own-mentee"], to, Message_ID="<1@example.org>")
    assert [(await hand_in(answers, message))[0] for _ in range(2)] == [250, 250]
    other = answer(stage.people["own-mentee"], to, Message_ID="<2@example.org>")
    assert (await hand_in(answers, other))[0] == 250
    assert await texts(store, stage) == [("Hello", "page"), ("Gladly.", "mail"), ("Gladly.", "mail")]


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}],
)
async def test_machines_do_not_answer_each_other(
    store: Redis, stage: Stage, answers: Answers, office: Sink, headers: dict[str, str]
) -> None:
    to = await told(store, stage, answers, office)
    assert (await hand_in(answers, answer(stage.people["own-mentee"], to, **headers)))[0] == 250
    assert await texts(store, stage) == [("Hello", "page")]


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("", 550, "Nothing was found above"),
        ("> only\n> quoted", 550, "Nothing"),
        ("x\n" * 8001, 552, "parts"),
    ],
)
async def test_what_can_not_be_a_message_comes_back(
    store: Redis, stage: Stage, answers: Answers, office: Sink, text: str, code: int, word: str
) -> None:
    to = await told(store, stage, answers, office)
    answered, said = await hand_in(answers, answer(stage.people["own-mentee"], to, text))
    assert (answered, word in said) == (code, True)
    assert await texts(store, stage) == [("Hello", "page")]


async def test_a_file_that_can_not_come_along_brings_the_mail_back(
    store: Redis, stage: Stage, answers: Answers, office: Sink
) -> None:
    to = await told(store, stage, answers, office)
    message = answer(stage.people["own-mentee"], to)
    message.add_attachment(b"MZ\x90\x00", maintype="image", subtype="png", filename="a.png")
    code, said = await hand_in(answers, message)
    assert (code, "kind" in said) == (552, True)
    assert await texts(store, stage) == [("Hello", "page")]


async def test_many_answers_wait(store: Redis, stage: Stage, answers: Answers, office: Sink) -> None:
    answers.rates = Rates(burst=2, per_s=3600)
    to = await told(store, stage, answers, office)
    codes = [(await hand_in(answers, answer(stage.people["own-mentee"], to, str(n))))[0] for n in range(3)]
    assert codes == [250, 250, 450]


async def test_odd_bytes_do_no_harm(store: Redis, stage: Stage, answers: Answers, office: Sink) -> None:
    to = await told(store, stage, answers, office)
    assert answers.mail.inbound is not None
    host, port = answers.mail.inbound
    sender = stage.people["own-mentee"].email.encode()
    for content in (
        b"",
        b"\xff\xfe\x00",
        b"From: " + sender + b"\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nhi\xff\r\n",
        b"From: " + sender + b"\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 2000,
        b"From: \r\n" * 3 + b"\r\nhi",
        b"From: =?utf-8?q?" + b"=41" * 2000 + b"?= <" + sender + b">\r\n\r\nhi",
        b"Content-Type: multipart/alternative; boundary=\r\nFrom: " + sender + b"\r\n\r\n--\r\n",
    ):
        async with aiosmtplib.SMTP(hostname=host, port=port, start_tls=False) as client:
            refused = None
            try:
                await client.sendmail("x@example.org", [to], content)
            except aiosmtplib.SMTPResponseException as error:
                refused = error.code
            assert refused in {None, 500, 550, 552}, content[:60]
    assert (await hand_in(answers, answer(stage.people["own-mentee"], to)))[0] == 250


async def test_several_messages_come_in_one_letter(
    store: Redis, stage: Stage, answers: Answers, office: Sink
) -> None:
    mentorship = await mentorship_of(store, stage)
    mentor = stage.people["own-mentor"].id
    at = now_ms()
    for number in range(3):
        await commit(store, message_changes(mentorship, mentor, f"part {number}", at + number))
    await send_letters(store, answers, at + 3 * 60_000)
    [letter] = office.taken
    assert letter["Subject"] == "3 new messages from Mentor 1"
    assert "> part 0\n>\n> part 1\n>\n> part 2" in text_of(letter).replace("> \n", ">\n")
    # What comes soon after waits, and is told later, once.
    await commit(store, message_changes(mentorship, mentor, "part 3", at + 200_000))
    await send_letters(store, answers, at + 330_000)
    assert len(office.taken) == 1
    await send_letters(store, answers, at + 700_000)
    assert [letter["Subject"] for letter in office.taken[1:]] == ["Mentor 1 wrote to you"]


async def test_what_was_read_meanwhile_needs_no_letter(
    store: Redis, stage: Stage, answers: Answers, office: Sink
) -> None:
    mentorship = await mentorship_of(store, stage)
    at = now_ms()
    await commit(store, message_changes(mentorship, stage.people["own-mentor"].id, "Hello", at))
    await conversations.read_until(store, mentorship.id, stage.people["own-mentee"].id, at)
    await send_letters(store, answers, at + 700_000)
    assert office.taken == []


async def test_so_many_connections_and_no_more(answers: Answers) -> None:
    assert answers.mail.inbound is not None
    open_ = [await asyncio.open_connection(*answers.mail.inbound) for _ in range(inbound.MOST_CONNECTIONS)]
    try:
        for reader, _ in open_:
            assert (await reader.readline()).startswith(b"220")
        reader, writer = await asyncio.open_connection(*answers.mail.inbound)
        assert await reader.read() == b""
        writer.close()
    finally:
        for _, writer in open_:
            writer.close()
            await writer.wait_closed()


async def test_a_server_listens_for_answers_while_it_runs(tmp_path: Path, valkey: Valkey) -> None:
    port, mail_port = free_port(), free_port()
    said = {
        "data": str(tmp_path),
        "port": str(port),
        "redis_url": valkey.url,
        "smtp_url": "smtp://127.0.0.1:25",
        "mail_from": "c@meet.example",
        "inbound_mail": f"127.0.0.1:{mail_port}",
    }
    async with running(read(said, {})):
        reader, writer = await asyncio.open_connection("127.0.0.1", mail_port)
        assert (await reader.readline()).startswith(b"220 meet.example")
        writer.write(b"QUIT\r\n")
        assert (await reader.readline()).startswith(b"221")
        writer.close()
        await writer.wait_closed()
        with pytest.raises(OperatorError, match="--inbound-mail can't listen"):
            async with running(read({**said, "data": f"{tmp_path}/2", "port": str(free_port())}, {})):
                pass
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", mail_port)
