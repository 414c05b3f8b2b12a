"""Every HTTP route but the WebSocket's, with the action that it is.

Their names stand in the access log in place of paths.
"""

from __future__ import annotations

from aiohttp import web

from server.pages import guard, health, home, installed, landing, links, recap, room, start, worry
from server.pages.access import guarded
from server.pages.accounts import routes as accounts
from server.pages.coordination import routes as coordination
from server.pages.matching import routes as matching
from server.pages.messages import routes as messages
from server.pages.programmes import routes as programmes
from server.pages.scheduling import routes as scheduling
from server.pages.site import SITE, Site
from server.pages.static import StaticFiles
from server.pages.ties import routes as ties


def make_app(site: Site, files: StaticFiles) -> web.Application:
    """The HTTP side: every page behind its guards."""
    app = web.Application(client_max_size=guard.MOST_BODY)
    app[SITE] = site
    guard.setup(app)
    guarded(app, "GET", "/", landing.show, name="landing", action="landing.see")
    guarded(app, "POST", "/language", landing.language, name="language", action="language.choose")
    guarded(app, "GET", "/design", landing.design, name="design", action="design.see")
    guarded(app, "GET", "/start", start.show, name="start", action="session.start")
    guarded(app, "POST", "/start", start.make, name="start-make", action="session.start")
    guarded(app, "GET", "/s/{token}", links.show, name="links", action="link.open")
    guarded(app, "GET", "/s/{token}/links.txt", links.as_text, name="links-text", action="link.open")
    guarded(app, "GET", "/s/{token}/links.csv", links.as_table, name="links-table", action="link.open")
    guarded(app, "GET", "/s/{token}/guests/{guest}/qr.svg", links.code, name="links-code", action="link.open")
    guarded(
        app,
        "POST",
        "/s/{token}/guests/{guest}/{change:revoke|restore|renew}",
        links.change,
        name="links-change",
        action="link.open",
    )
    guarded(app, "GET", "/j/{token}", room.show, name="room", action="link.open")
    guarded(app, "GET", "/j/{token}/notes.md", room.notes, name="notes", action="link.open")
    guarded(app, "GET", "/j/{token}/worry", worry.who_reads, name="worry", action="link.open")
    guarded(app, "POST", "/j/{token}/worry", worry.say, name="worry-say", action="link.open")
    after = "/j/{token}/wrap-up"
    guarded(app, "GET", after, recap.show, name="recap", action="link.open")
    guarded(app, "GET", after + ".{ending:md|pdf}", recap.take, name="recap-file", action="link.open")
    guarded(app, "POST", f"{after}/tick", recap.tick, name="recap-tick", action="link.open")
    guarded(app, "POST", f"{after}/mail", recap.mail, name="recap-mail", action="link.open")
    guarded(app, "POST", f"{after}/again", recap.again, name="recap-again", action="link.open")
    guarded(app, "GET", "/offline", installed.offline, name="offline", action="landing.see")
    guarded(app, "GET", "/sw.js", installed.worker, name="worker", action="landing.see")
    guarded(app, "GET", "/app.webmanifest", installed.manifest, name="manifest", action="landing.see")
    guarded(app, "GET", "/home", home.show, name="home", action="home.see")
    guarded(app, "GET", "/static/{name:.+}", files.serve, name="static", action="landing.see")
    guarded(app, "GET", "/healthz", health.healthz, name="healthz", action="server.watch")
    guarded(app, "GET", "/readyz", health.readyz, name="readyz", action="server.watch")
    guarded(app, "GET", "/metrics", health.metrics, name="metrics", action="server.watch")
    accounts.add(app)
    messages.add(app)
    ties.add(app)
    scheduling.add(app)
    programmes.add(app)
    matching.add(app)
    coordination.add(app)
    return app
