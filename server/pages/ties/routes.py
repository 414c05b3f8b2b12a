"""The routes of ties."""

from __future__ import annotations

from aiohttp import web

from server.pages import home
from server.pages.access import guarded
from server.pages.ties import requests

home.PARTS.append(requests.home_part)


def add(app: web.Application) -> None:
    """Adds them."""
    _requests(app)


def _requests(app: web.Application) -> None:
    base, one = "/p/{programme}/requests", "/r/{request}"
    guarded(app, "GET", base, requests.show_all, name="requests", action="request.list")
    guarded(app, "POST", f"{base}/back", requests.come_back, name="requests-back", action="request.come-back")
    guarded(app, "GET", f"{base}/new", requests.show_ask, name="ask", action="request.ask")
    guarded(app, "POST", f"{base}/new", requests.make, name="ask-make", action="request.ask")
    guarded(app, "GET", one, requests.show, name="request", action="request.see")
    answer = "request.answer"
    guarded(app, "POST", f"{one}/accept", requests.accept, name="request-accept", action=answer)
    guarded(app, "POST", f"{one}/decline", requests.decline, name="request-decline", action=answer)
    guarded(app, "POST", f"{one}/next", requests.choose, name="request-next", action=answer)
    guarded(app, "POST", f"{one}/withdraw", requests.withdraw, name="request-withdraw", action=answer)
