"""Every letter in both languages, and nothing that somebody typed becomes a header or markup."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage

import pytest

from server.mail.compose import Desk, compose
from server.mentoring.letters import OPTIONAL_TOPICS, Detail, Letter
from server.mentoring.people import Person
from signaling.parts import Language
from tests.support.mail import html_of, text_of
from tests.support.pages import renderer
from web.i18n import LANGUAGES, PAGE_CATALOGUES, Entry, catalogue

AT_MS = 1_793_278_800_000  # 29 October 2026, 13:00 UTC
HOSTILE = "Zoë\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script>"
ENTRIES: dict[str, Entry] = {
    key: text for name in PAGE_CATALOGUES for key, text in catalogue("en", name).items()
}
KINDS = sorted({key.split(".")[1] for key in ENTRIES if key.startswith("mail.") and key.count(".") == 2})


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(
        site="https://meet.example",
        sender="compagnon@meet.example",
        secret="s" * 32,
        renderer=renderer(),
    )


def person(language: Language = "en", **changes: str) -> Person:
    values = {"id": "p1", "email": "zoe@example.org", "name": "Zoë Ngô", "zone": "America/Montreal"}
    return Person(language=language, created_ms=AT_MS, **{**values, **changes})


def letter(kind: str, **changes: object) -> Letter:
    texts = [ENTRIES.get(f"mail.{kind}.{part}", "") for part in ("subject", "text", "action")]
    said = " ".join(text if isinstance(text, str) else " ".join(text.values()) for text in texts)
    numbers = {"count", "minutes", "days", "hours"}
    names = set(re.findall(r"\{(\w+)\}", said)) | (
        {"count"} if any(isinstance(t, dict) for t in texts) else set()
    )
    values: dict[str, str | int] = {name: 3 if name in numbers else "Bao" for name in names}
    made = {"id": "l1", "to": "p1", "kind": kind, "topic": "messages", "at_ms": AT_MS, "values": values}
    return Letter(**{**made, **changes})  # type: ignore[arg-type]


def sent(message: EmailMessage) -> EmailMessage:
    """The letter as it arrives."""
    read = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_letter_has_its_words(desk: Desk, kind: str, language: Language) -> None:
    acts = f"mail.{kind}.action" in ENTRIES
    url = "https://meet.example/there" if acts else ""
    made = compose(desk, letter(kind), person(language), url).as_bytes()
    assert made.isascii()
    assert max(map(len, made.split(b"\r\n"))) <= 998
    message = sent(compose(desk, letter(kind), person(language), url))
    assert message["Subject"]
    assert message["Content-Language"] == language
    for text in (text_of(message), html_of(message)):
        assert "Zoë Ngô" in text
        assert "{" not in text.replace("{box-sizing", "")
        assert ("https://meet.example/there" in text) == acts
    assert f'lang="{language}"' in html_of(message)
    assert message.get_content_type() == "multipart/alternative"


def test_a_document_goes_along_in_the_letter_and_as_a_file(desk: Desk) -> None:
    document = "# Séance <b>\n\n| Étape | Prévu |\n| --- | ---: |\n| Œuvre | 5 |\n\n- [x] @Zoë écrire\n"
    made = compose(desk, letter("room-notes", document=document), person("fr"), "")
    assert made.as_bytes().isascii()
    message = sent(made)
    assert document.strip() in text_of(message)
    assert "<h2>Séance &lt;b&gt;</h2>" in html_of(message)
    assert '<td style="text-align:right">5</td>' in html_of(message)
    [file] = message.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("text/markdown", "bilan.md")
    assert file.get_content().replace("\r\n", "\n") == document


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_subject_and_a_text(kind: str) -> None:
    assert {f"mail.{kind}.subject", f"mail.{kind}.text"} <= ENTRIES.keys()
    assert {key.split(".")[2] for key in ENTRIES if key.startswith(f"mail.{kind}.")} <= {
        "subject",
        "text",
        "action",
    }


def test_the_headers_tell_programs_what_it_is(desk: Desk) -> None:
    message = sent(compose(desk, letter("sign-in"), person(), "https://meet.example/x"))
    assert message["From"] == "Compagnon <compagnon@meet.example>"
    assert message["To"] == "Zoë Ngô <zoe@example.org>"
    assert message["Message-ID"] == "<l1@meet.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.timestamp() * 1000 == AT_MS
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<(https://meet\.example/unsubscribe/\S+)>", message["List-Unsubscribe"])
    assert found is not None
    assert found[1] in text_of(message)
    account = sent(compose(desk, letter("sign-in", topic="account"), person(), "https://meet.example/x"))
    assert "List-Unsubscribe" not in account
    assert "account" not in OPTIONAL_TOPICS


def test_what_people_type_never_becomes_a_header_or_markup(desk: Desk) -> None:
    hostile = letter(
        "sign-in",
        values={"minutes": HOSTILE},
        quote=HOSTILE,
        details=(Detail(label="sign-in.title", text=HOSTILE),),
    )
    for reader in (person(), person(name=HOSTILE)):
        message = sent(compose(desk, hostile, reader, "https://meet.example/x"))
        plain = sent(compose(desk, letter("sign-in"), person(), "https://meet.example/x"))
        assert message.keys() == plain.keys()
        assert "Bcc" not in message
        assert len(message["To"].addresses) == 1
        assert "<script" not in html_of(message)
        assert "&lt;script&gt;" in html_of(message)
        assert "<script>" in text_of(message)


def test_no_subject_breaks_its_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {**ENTRIES, "mail.sign-in.subject": "{minutes}"}
    from web.i18n import Translator

    monkeypatch.setattr("server.mail.compose.translator", lambda language: Translator(language, entries))
    message = sent(
        compose(desk, letter("sign-in", values={"minutes": HOSTILE}), person(), "https://x.example")
    )
    assert message["Subject"].startswith("Zoë Bcc: everybody@example.org")
    assert "Bcc" not in message
    long = sent(
        compose(desk, letter("sign-in", values={"minutes": "é" * 5000}), person(), "https://x.example")
    )
    assert message.keys() == long.keys()
    assert all(len(line) <= 998 for line in long.as_bytes().splitlines())


@pytest.mark.parametrize(
    "address", ["zoe@example.org\r\nBcc: x@example.org", "zoe@example.org, x@example.org"]
)
def test_an_address_that_no_header_can_hold_is_refused(desk: Desk, address: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        compose(desk, letter("sign-in"), person(email=address), "")


def test_an_instant_is_in_the_readers_zone_and_in_the_other(desk: Desk) -> None:
    details = (
        Detail(label="sign-in.title", at_ms=AT_MS, zone="Europe/Paris"),
        Detail(label="sign-in.title", at_ms=AT_MS, zone="America/Montreal"),
        Detail(label="sign-in.title", at_ms=AT_MS),
    )
    said = text_of(sent(compose(desk, letter("sign-in", details=details), person("fr"), "")))
    mine = "jeu. 29 oct., 09:00"
    lines = [line for line in said.splitlines() if mine in line]
    assert len(lines) == 3
    assert "14:00" in lines[0]
    assert "14:00" not in lines[1] + lines[2]


def test_an_appointment_comes_as_one_that_calendars_take(desk: Desk) -> None:
    calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nSUMMARY:Zoë\r\nEND:VCALENDAR\r\n"
    message = sent(compose(desk, letter("sign-in", calendar=calendar, method="REQUEST"), person(), ""))
    parts = {part.get_content_type(): part for part in message.walk()}
    invitation = parts["text/calendar"]
    assert invitation.get_param("method") == "REQUEST"
    assert invitation.get_content().replace("\r\n", "\n").strip() == calendar.replace("\r\n", "\n").strip()
    assert parts["application/ics"].get_content() == calendar.encode()
    assert parts["application/ics"].get_filename() == "invite.ics"


def test_an_answer_goes_where_the_conversation_is(desk: Desk) -> None:
    message = sent(
        compose(desk, letter("sign-in", reply_to="tie1"), person(), "", reply_to="reply+abc@meet.example")
    )
    assert message["Reply-To"] == "reply+abc@meet.example"
    assert message["References"] == "<conversation.tie1@meet.example>"
    assert "answer this letter" in text_of(message)
