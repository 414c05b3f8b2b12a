"""What a refused request is told: a status, and a problem document (RFC 9457) that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

from signaling.errors import ProtocolError

RETRY_S = 5
"""After how many seconds a request that may succeed later should be made again."""

_statuses: Mapping[str, int] = {
    "link-invalid": 401,
    "link-expired": 401,
    "link-revoked": 401,
    "room-ended": 410,
    "sdp": 400,
    "too-many-joins": 429,
    "room-full": 503,
    "server-full": 503,
    "elsewhere": 503,
    "store-unavailable": 503,
}


class ProblemError(Exception):
    """A request that is refused with ``status``; ``detail`` is a sentence for whoever set the client up."""

    def __init__(
        self, status: int, detail: str, *, field: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status
        self.detail = detail
        self.field = field
        self.headers = headers or {}

    def response(self) -> web.Response:
        """The answer: ``application/problem+json``."""
        problem = {"title": HTTPStatus(self.status).phrase, "status": self.status, "detail": self.detail}
        if self.field is not None:
            problem["field"] = self.field
        headers = dict(self.headers)
        if self.status in (409, 429, 503):
            headers.setdefault("Retry-After", str(RETRY_S))
        if self.status == 401:
            headers.setdefault("WWW-Authenticate", 'Bearer realm="compagnon", error="invalid_token"')
        return web.Response(
            status=self.status,
            body=msgspec.json.encode(problem),
            content_type="application/problem+json",
            headers=headers,
        )


def refused(error: ProtocolError) -> ProblemError:
    """The problem that a protocol's error is over HTTP."""
    details = {
        "link-invalid": "the bearer token is no personal link's",
        "link-expired": "the personal link has expired",
        "link-revoked": "the personal link was revoked or renewed",
        "room-ended": "the session is over",
        "sdp": "the description can't be understood",
        "too-many-joins": "too many requests from this address",
    }
    status = _statuses.get(error.code, 503)
    field = "Authorization" if status == 401 else "body" if status == 400 else None
    detail = error.detail if error.code == "sdp" and error.detail else details.get(error.code, error.code)
    return ProblemError(status, detail, field=field)
