"""Letters about ties, each in the commit that it tells of."""

from __future__ import annotations

import secrets

from server.mentoring.letters import Detail, Letter, Topic
from server.mentoring.people import PersonId
from server.storage.letters import posted
from server.storage.records import Change


def letter(
    to: PersonId,
    kind: str,
    now_ms: int,
    *,
    path: str,
    quote: str = "",
    until_ms: int | None = None,
    topic: Topic = "programme",
    **values: str | int,
) -> list[Change]:
    """A letter of this kind; ``until_ms`` adds the line that says until when an answer is waited for."""
    details = () if until_ms is None else (Detail(label="mail.until", at_ms=until_ms),)
    return posted(
        Letter(
            id=secrets.token_urlsafe(12),
            to=to,
            kind=kind,
            topic=topic,
            at_ms=now_ms,
            values=values,
            path=path,
            details=details,
            quote=quote,
        )
    )
