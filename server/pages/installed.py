"""What lets a browser install the site and show something when there is no network."""

from __future__ import annotations

import hashlib

from aiohttp import web
from msgspec import json

from server.pages.site import SITE, language_of, page
from web.assets import static_folder
from web.i18n import translator
from web.views import OfflineView

# As in the styles (web/styles/base/tokens.css): paper and accent, light.
_paper, _accent = "#faf8f4", "#0e6a5b"

_kept = ("compagnon.css", "pages.css", "icons.svg", "mark.svg")
"""What the offline page is drawn with."""


async def manifest(request: web.Request) -> web.Response:
    """``GET /app.webmanifest`` (W3C Web Application Manifest), in the reader's language."""
    language = language_of(request)
    say = translator(language).text
    described = {
        "name": say("app.name"),
        "short_name": say("app.name"),
        "description": say("landing.lead"),
        "lang": language,
        "id": "/",
        "start_url": "/home",
        "scope": "/",
        "display": "standalone",
        "background_color": _paper,
        "theme_color": _accent,
        "icons": [
            {"src": request.app[SITE].renderer.asset("mark.svg"), "sizes": "any", "type": "image/svg+xml"}
        ],
    }
    return _fresh(json.encode(described), "application/manifest+json")


async def worker(request: web.Request) -> web.Response:
    """``GET /sw.js``: the service worker, told what to keep. Another build makes it another worker."""
    renderer = request.app[SITE].renderer
    kept = ["/offline", *(renderer.asset(name) for name in _kept)]
    code = (static_folder() / renderer.asset("offline.js").removeprefix("/static/")).read_bytes()
    version = hashlib.sha256(json.encode(kept) + code).hexdigest()[:12]
    told = b"const VERSION=%s,KEPT=%s;\n" % (json.encode(version), json.encode(kept))
    return _fresh(told + code, "text/javascript")


async def offline(request: web.Request) -> web.Response:
    """``GET /offline``: what is shown in place of a page that can't be fetched."""
    return page(request, OfflineView())


def _fresh(body: bytes, kind: str) -> web.Response:
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)
