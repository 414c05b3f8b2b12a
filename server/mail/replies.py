"""What somebody wrote in an answer by e-mail: without the letter that it answers, and without a signature."""

from __future__ import annotations

import re
from collections.abc import Collection

LONGEST_READ = 100_000
"""Characters that are looked at; an answer is far shorter."""

_longest_line = 500

# "On Thu, 29 Oct 2026 at 14:00, Compagnon <…> wrote:", as mail programs begin what they quote, in the
# languages that people here are likely to have theirs in. The line may be broken once or twice.
_wrote = re.compile(
    r"(on|am|le|el|il|em|op)\b.{0,300}?"
    r"(wrote|schrieb|a écrit|escribió|ha scritto|scritto|escreveu|schreef)"
    r"(\s.{0,100})?[:\s\u00a0\u202f]*",
    re.I,
)
_parted = re.compile(
    r"[-_*]{2,}\s*(original message|forwarded message|message d['’]origine|message original|message transféré"  # noqa: RUF001
    r"|ursprüngliche nachricht|mensaje original|messaggio originale)\s*[-_*]{2,}",
    re.I,
)
_ruled = re.compile(r"[_-]{20,}")
_head = re.compile(r"\*?(from|de|von|da|expéditeur)\s?\*?:\*?\s?\S", re.I)
_head_on = re.compile(
    r"\*?(sent|envoyé|date|gesendet|enviado|inviato|to|à|an|para|subject|objet|betreff)\s?\*?:", re.I
)
_sent_from = re.compile(
    r"(sent from my|envoyé de(puis)? mon|envoyé à partir de|von meinem|get outlook for|obtenir outlook)\b"
    r".{0,80}",
    re.I,
)


def written(text: str, markers: Collection[str] = ()) -> str:
    """The words that the sender wrote above the letter they answer; "" when there are none.

    ``markers`` are lines that our letters begin with, so that whatever stands above one is the sender's.

    What stands between quoted lines is kept with what it answers quoted: somebody answers point by point.
    """
    lines = text[:LONGEST_READ].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = lines[: _end(lines, markers)]
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    while kept and not kept[0].strip():
        kept.pop(0)
    if kept and _introduces(kept, len(kept) - 1):
        # "On …, … wrote:" without anything of its own below: the quoted lines are gone already.
        return written("\n".join(kept[: _introduction(kept, len(kept) - 1)]), markers)
    return "\n".join(line.rstrip() for line in kept)


def _end(lines: list[str], markers: Collection[str]) -> int:
    """Where the sender's own words end: the first line that begins the answered letter or a signature."""
    for number, line in enumerate(lines):
        text = line[:_longest_line].strip()
        # RFC 3676, 4.3: a signature begins with this line; many programs drop its space.
        if line.rstrip("\n") in {"-- ", "--"}:
            return number
        # Quoted without marks, all that follows is the letter.
        if text in markers or (text.lstrip("> ") in markers and _rest_is_quoted(lines, number + 1)):
            return number
        if _parted.fullmatch(text) or _sent_from.fullmatch(text):
            return number
        if _ruled.fullmatch(text) and _header_follows(lines, number + 1):
            return number
        if _header_follows(lines, number):
            return number
        if _introduces(lines, number) and _rest_is_quoted(lines, number + 1):
            return _introduction(lines, number)
    return len(lines)


def _header_follows(lines: list[str], number: int) -> bool:
    """Whether Outlook's block begins here: From, then Sent, To or Subject."""
    here = [line[:_longest_line].strip() for line in lines[number : number + 5]]
    return (
        bool(here)
        and bool(_head.match(here[0]))
        and sum(bool(_head_on.match(line)) for line in here[1:]) >= 2
    )


def _introduces(lines: list[str], number: int) -> bool:
    """Whether a line ends a sentence like "On …, … wrote:"."""
    return _introduction(lines, number) <= number


def _introduction(lines: list[str], number: int) -> int:
    """Where the sentence that ends at this line begins: up to two lines before; past it when it is none."""
    for start in range(number, max(-1, number - 3), -1):
        part = " ".join(line[:_longest_line].strip() for line in lines[start : number + 1])
        if lines[start].lstrip().startswith(">") or not lines[start].strip():
            break
        if _wrote.fullmatch(part):
            return start
    return number + 1


def _rest_is_quoted(lines: list[str], number: int) -> bool:
    """Whether nothing but quoted and empty lines, and perhaps a signature, follows; or no mark of a quote.

    An answer between quoted lines is the sender's own. Mail made of HTML quotes without marks.
    """
    rest = [line for line in lines[number:] if line.strip()]
    quoted = [line.lstrip().startswith(">") for line in rest]
    if not any(quoted):
        return True
    last = len(quoted) - 1 - quoted[::-1].index(True)
    return all(quoted[: last + 1])
