"""Every route tried by everybody over HTTP, and held to a table that was written apart from the code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from redis.asyncio import Redis

from server.mentoring.permissions import ACTIONS
from server.pages import access
from server.pages.access import ROUTE_ACTIONS, SUBJECTS
from server.pages.routes import make_app
from server.pages.site import Site
from server.pages.static import StaticFiles
from tests.server.pages.permissions_table import MAY, Stage, Who, staged
from tests.support.accounts import cookies, sign_in
from web.assets import static_folder

Client = TestClient[web.Request, web.Application]


def routes() -> dict[str, tuple[str, str]]:
    """Method and path by name, of the application as it is made."""
    # Nothing is asked of the site before a request comes.
    app = make_app(SimpleNamespace(), SimpleNamespace(serve=print))  # type: ignore[arg-type]
    found: dict[str, tuple[str, str]] = {}
    for route in app.router.routes():
        assert route.resource is not None
        if route.method != "HEAD":
            assert route.resource.name is not None, route.resource.canonical
            found[route.resource.name] = (route.method, route.resource.canonical)
    return found


ROUTES = routes()


def test_every_route_has_an_action_and_every_action_a_row() -> None:
    assert ROUTES.keys() == ROUTE_ACTIONS.keys(), "add routes by guarded()"
    assert MAY.keys() == ACTIONS.keys(), "add a row to tests/server/pages/permissions_table.py"
    assert set(ROUTE_ACTIONS.values()) <= ACTIONS.keys()


def filled(path: str, values: Mapping[str, str]) -> str:
    """The path with a value for each of its variables."""
    for variable in [part.partition("}")[0] for part in path.split("{")[1:]]:
        assert variable in values, f"say what {{{variable}}} is in permissions_table.staged"
        path = path.replace(f"{{{variable}}}", values[variable])
    return path


@pytest.fixture
async def stage(store: Redis) -> Stage:
    return await staged(store)


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the guard let each request through, in their order: what a page then makes of an empty form is
    not the question here.
    """
    found: list[bool] = []
    ours = access.check

    async def noted(request: web.Request, action: str) -> None:
        found.append(False)
        await ours(request, action)
        found[-1] = True

    monkeypatch.setattr(access, "check", noted)
    return found


@pytest.fixture
async def client(site: Site, aiohttp_client: Callable[..., Awaitable[Client]]) -> Client:
    return await aiohttp_client(make_app(site, StaticFiles(static_folder())))


@pytest.mark.parametrize("name", ROUTES)
async def test_a_route_is_open_to_those_of_its_row_alone(
    name: str, client: Client, stage: Stage, store: Redis, passed: list[bool]
) -> None:
    method, path = ROUTES[name]
    may = MAY[ROUTE_ACTIONS[name]]
    address = filled(path, stage.values)
    origin = {"Origin": str(client.make_url("/").origin())}
    # Those who may not come first: whoever may could change what the others find.
    everybody: list[Who] = sorted(get_args(Who), key=lambda who: who in may)
    for who in everybody:
        sent: dict[str, Any] = {"headers": origin, "allow_redirects": False}
        if who != "visitor":
            sent["cookies"] = cookies(await sign_in(store, stage.people[who]))
        before = len(passed)
        # An aiohttp client keeps cookies: each of these requests is another browser.
        client.session.cookie_jar.clear()
        async with client.request(method, address, **sent) as answer:
            assert passed[before:] == [who in may], f"{who} and {method} {path}"
            if who in may:
                assert answer.status != 500, f"{who} and {method} {path}"
            elif who == "visitor" and method == "GET":
                assert answer.status == 303
                assert answer.headers["Location"].startswith("/sign-in?")
            else:
                assert answer.status == 404


@pytest.mark.parametrize(
    "name",
    [name for name, (method, path) in ROUTES.items() if any(f"{{{each}}}" in path for each in SUBJECTS)],
)
async def test_what_is_not_ones_own_looks_like_what_is_not_there(
    name: str, client: Client, stage: Stage, store: Redis
) -> None:
    method, path = ROUTES[name]
    if "outsider" in MAY[ROUTE_ACTIONS[name]]:
        return
    outsider = cookies(await sign_in(store, stage.people["outsider"]))
    origin = {"Origin": str(client.make_url("/").origin())}
    pages: list[tuple[int, str]] = []
    for values in (stage.values, {**stage.values, **dict.fromkeys(SUBJECTS, "made-up")}):
        address = filled(path, values)
        async with client.request(
            method, address, headers=origin, cookies=outsider, allow_redirects=False
        ) as answer:
            pages.append((answer.status, (await answer.text()).replace(address, "")))
    assert pages[0] == pages[1]
    assert pages[0][0] == 404


def test_an_action_that_nobody_wrote_down_is_an_error() -> None:
    with pytest.raises(KeyError):
        access.allowed("nothing.of.the.kind", frozenset({"anyone"}))
