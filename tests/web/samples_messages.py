"""Conversations in every state."""

from __future__ import annotations

from collections.abc import Callable

from signaling.parts import Language
from web.views import View
from web.views.form import Fault, Form
from web.views.messages import (
    ConversationView,
    FileLine,
    MessageLine,
    Quoted,
)

AT_MS = 1_793_278_800_000  # 29 October 2026, 13:00 UTC


def quoted(name: str) -> Quoted:
    """A message that is answered, by its beginning."""
    return Quoted(id="m1", name=name, mine=False, text=f"{name} " * 12, path="/m/t/messages?before=1#m-m1")


def lines(name: str) -> tuple[MessageLine, ...]:
    """Messages of two days, one's own and somebody else's, with a file."""
    file = FileLine(name=name, size=1_234_567, path="/m/t/messages/m3/files/f1")
    day = 86_400_000
    return (
        MessageLine(id="m1", name=name, mine=False, text=name, at_ms=AT_MS - day, new_day=True),
        MessageLine(id="m2", name=name, mine=True, text=f"{name}\n\n{name}", at_ms=AT_MS, new_day=True),
        MessageLine(
            id="m3",
            name=name,
            mine=False,
            text=name,
            at_ms=AT_MS + 1,
            by_mail=True,
            first_new=True,
            files=(file,),
            quote=quoted(name),
            reply_path="/m/t/messages?reply=m3#text",
        ),
        MessageLine(id="m4", name="", mine=False, text="", at_ms=AT_MS + 2, files=(file,)),
    )


def conversation(name: str, *faults: Fault, **changes: object) -> ConversationView:
    """An open conversation."""
    values: dict[str, object] = {
        "mentorship": "t",
        "title": name,
        "lines": lines(name),
        "form": Form(values={"text": (name if faults else "",)}, once="o" * 22, faults=faults),
        "may_write": True,
        "waits": False,
        "older_ms": None,
        "newest_ms": AT_MS + 2,
        "past": False,
        "most": 8000,
    }
    return ConversationView(**{**values, **changes})  # type: ignore[arg-type]


PAGES: dict[str, Callable[[str, Language], View]] = {
    "messages": lambda name, language: conversation(name, older_ms=AT_MS),
    "messages-reply": lambda name, language: conversation(name, answers=quoted(name)),
    "messages-past": lambda name, language: conversation(name, older_ms=AT_MS, past=True),
    "messages-none": lambda name, language: conversation(name, lines=()),
    "messages-wrong": lambda name, language: conversation(
        name, Fault(field="text", code="no-message"), Fault(field="files", code="file-kind")
    ),
    "messages-closed": lambda name, language: conversation(name, may_write=False),
    "messages-waiting": lambda name, language: conversation(name, lines=(), may_write=False, waits=True),
}
"""Page by name, made with a person's name and a language."""
