"""Whether a request comes from a page of this site: for forms and for the WebSocket."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit


def own_page(headers: Mapping[str, str], base_url: str | None) -> bool:
    """Whether the browser says that a page of ours sent this.

    ``Origin`` decides, by host and port: a proxy that speaks TLS changes the scheme. Browsers send it with
    every POST and every WebSocket; what sends none has no cookie of ours and nobody's authority to abuse.
    """
    origin = headers.get("Origin")
    if origin is None:
        return headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return False
    if base_url is not None and origin.lower() == base_url.lower():
        return True
    return _authority(parts.netloc, parts.scheme) == _authority(headers.get("Host", ""), parts.scheme)


def _authority(text: str, scheme: str) -> str:
    usual = ":443" if scheme == "https" else ":80"
    return text.lower().removesuffix(usual)
