"""A letter put into words: one e-mail with text, HTML and, for an appointment, its calendar entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from server.mail.tokens import sign_unsubscribe
from server.mentoring.letters import OPTIONAL_TOPICS, Detail, Letter
from server.mentoring.people import Person
from server.room.names import clean
from web.i18n import LANGUAGES, Translator, translator
from web.i18n import zone as zone_of
from web.render import Renderer
from web.views.letter import LetterView

_longest_subject = 200

# Seven bits: a mail server on the way may know no others (RFC 6152).
_policy = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every letter is written with: the site's address, the sender's, and what links are signed with."""

    site: str
    sender: str
    secret: str
    renderer: Renderer


def view(desk: Desk, letter: Letter, person: Person, url: str, *, answered: bool) -> LetterView:
    """The letter in its reader's words.

    ``url`` is where its button leads; ``answered`` says that an answer by e-mail arrives. Raises
    ``TextError``: a fault of the program.
    """
    words = translator(person.language)
    optional = letter.topic in OPTIONAL_TOPICS
    text = words.text(f"mail.{letter.kind}.text", **letter.values)
    return LetterView(
        subject=clean(words.text(f"mail.{letter.kind}.subject", **letter.values))[:_longest_subject],
        greeting=words.text("letter.greeting", name=person.name)
        if person.name
        else words.text("letter.greeting-nobody"),
        paragraphs=tuple(part.strip() for part in text.split("\n\n")),
        details=tuple((words.text(each.label), _value(words, each, person)) for each in letter.details),
        quote=letter.quote,
        document=letter.document,
        action=words.text(f"mail.{letter.kind}.action", **letter.values) if url else "",
        url=url,
        fallback=words.text("letter.fallback"),
        hint=words.text("letter.answer") if answered else "",
        above=words.text("letter.above") if answered else "",
        foot=words.text(
            "letter.why-guest" if letter.address else "letter.why", site=desk.site.partition("://")[2]
        ),
        stop=words.text(f"letter.stop.{letter.topic}") if optional else "",
        stop_url=stop_url(desk, letter, person) if optional else "",
    )


def markers() -> frozenset[str]:
    """The lines above which answers are written, in every language."""
    return frozenset(translator(language).text("letter.above") for language in LANGUAGES)


def stop_url(desk: Desk, letter: Letter, person: Person) -> str:
    """What ends letters of this topic, by a click or by a mail program (RFC 8058)."""
    return f"{desk.site}/unsubscribe/{sign_unsubscribe(desk.secret, person.id, letter.topic)}"


def compose(desk: Desk, letter: Letter, person: Person, url: str, reply_to: str = "") -> EmailMessage:
    """The e-mail. ``reply_to`` is the address that an answer goes to, "" for none.

    Its ``Message-ID`` follows from the letter: one that is handed in twice is known as the same. Raises
    ``ValueError`` for an address that no header can hold.
    """
    seen = view(desk, letter, person, url, answered=bool(reply_to))
    domain = desk.sender.rpartition("@")[2]
    message = EmailMessage(policy=_policy)
    message["From"] = Address("Compagnon", addr_spec=desk.sender)
    message["To"] = Address(clean(person.name), addr_spec=person.email)
    message["Subject"] = seen.subject
    message["Date"] = datetime.fromtimestamp(letter.at_ms // 1000, UTC)
    message["Message-ID"] = f"<{letter.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if seen.stop_url:
        message["List-Unsubscribe"] = f"<{seen.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if reply_to:
        message["Reply-To"] = Address(addr_spec=reply_to)
        # Letters of one conversation stay together in a mail program.
        message["References"] = f"<conversation.{letter.reply_to}@{domain}>"
    message.set_content(seen.as_text())
    message.add_alternative(desk.renderer.letter(seen, person.language), subtype="html")
    # Only now: what is made multipart hands its Content- headers down to its first part.
    message["Content-Language"] = person.language
    if letter.document:
        name = translator(person.language).text("letter.attached")
        message.add_attachment(letter.document, subtype="markdown", filename=f"{name}.md")
    if letter.calendar:
        # RFC 6047, 2.4: the method stands in the type, too. The file is for programs that look for one.
        message.add_alternative(letter.calendar, subtype="calendar", params={"method": letter.method})
        message.add_attachment(
            letter.calendar.encode(), maintype="application", subtype="ics", filename="invite.ics"
        )
    return message


def _value(words: Translator, detail: Detail, person: Person) -> str:
    """A fact, an instant in the reader's zone and, where that reads otherwise, in the other one."""
    if detail.at_ms is None:
        return detail.text
    mine = words.instant(detail.at_ms, zone_of(person.zone) or UTC)
    other = None if not detail.zone else zone_of(detail.zone)
    if other is None:
        return mine
    theirs = words.instant(detail.at_ms, other)
    return mine if theirs == mine else f"{mine} · {theirs}"
