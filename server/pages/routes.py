"""Every HTTP route but the WebSocket's. Their names stand in the access log in place of paths."""

from __future__ import annotations

from aiohttp import web

from server.pages import guard, health, landing, links, room, start
from server.pages.site import SITE, Site
from server.pages.static import StaticFiles


def make_app(site: Site, files: StaticFiles) -> web.Application:
    """The HTTP side: every page behind its guards."""
    app = web.Application(client_max_size=guard.MOST_BODY)
    app[SITE] = site
    guard.setup(app)
    app.router.add_get("/", landing.show, name="landing")
    app.router.add_post("/language", landing.language, name="language")
    app.router.add_get("/design", landing.design, name="design")
    app.router.add_get("/start", start.show, name="start")
    app.router.add_post("/start", start.make, name="start-make")
    app.router.add_get("/s/{token}", links.show, name="links")
    app.router.add_get("/s/{token}/links.txt", links.as_text, name="links-text")
    app.router.add_get("/s/{token}/links.csv", links.as_table, name="links-table")
    app.router.add_get("/s/{token}/guests/{guest}/qr.svg", links.code, name="links-code")
    app.router.add_post(
        "/s/{token}/guests/{guest}/{change:revoke|restore|renew}", links.change, name="links-change"
    )
    app.router.add_get("/j/{token}", room.show, name="room")
    app.router.add_get("/j/{token}/notes.md", room.notes, name="notes")
    app.router.add_get("/static/{name:.+}", files.serve, name="static")
    app.router.add_get("/healthz", health.healthz, name="healthz")
    app.router.add_get("/readyz", health.readyz, name="readyz")
    app.router.add_get("/metrics", health.metrics, name="metrics")
    return app
