"""Errors by who may read them: the person, the protocol peer. Operators read logs, not these."""

from __future__ import annotations

from signaling.parts import ErrorCode


class ProtocolError(Exception):
    """The peer sent something that is refused; it is told ``code`` and, where there is one, the field.

    ``detail`` is for the operator's log only and never travels.
    """

    def __init__(self, code: ErrorCode, field: str | None = None, detail: str = "") -> None:
        super().__init__(f"{code} {field or ''} {detail}".strip())
        self.code: ErrorCode = code
        self.field = field
        self.detail = detail
