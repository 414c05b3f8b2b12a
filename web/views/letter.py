"""What a letter needs to be drawn, as text and as HTML: everything in it is in the reader's words already."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """``url`` and ``action`` go together; ``details`` are pairs of label and value.

    ``document`` is Markdown that goes along. ``above`` is a line above which an answer is written. ``foot``
    says why the letter came, ``stop`` is the words of the link ``stop_url`` that ends such letters.
    """

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    details: tuple[tuple[str, str], ...] = ()
    quote: str = ""
    document: str = ""
    action: str = ""
    url: str = ""
    fallback: str = ""
    hint: str = ""
    above: str = ""
    foot: str = ""
    stop: str = ""
    stop_url: str = ""

    def as_text(self) -> str:
        """The letter for readers of plain text, lines ended by "\\n"."""
        parts = [*([self.above] if self.above else []), self.greeting, *self.paragraphs]
        if self.details:
            parts.append("\n".join(f"{label}: {value}" for label, value in self.details))
        if self.quote:
            parts.append("\n".join(f"> {line}" for line in self.quote.splitlines()))
        if self.document:
            parts.append(self.document.strip())
        if self.url:
            parts.append(f"{self.action}:\n{self.url}")
        if self.hint:
            parts.append(self.hint)
        foot = [self.foot, f"{self.stop}: {self.stop_url}" if self.stop_url else ""]
        parts.append("-- \n" + "\n".join(line for line in foot if line))
        return "\n\n".join(parts) + "\n"
