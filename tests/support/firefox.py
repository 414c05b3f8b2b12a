"""Firefox ESR over WebDriver BiDi with aiohttp alone: no geckodriver, no patched browser.

https://w3c.github.io/webdriver-bidi/ says every command; Firefox prints the socket's address on its
standard error once ``--remote-debugging-port`` is given.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import re
import shutil
import signal
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.browsers import Kind, ScriptError

PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    # Firefox leaves its loopback address out of ICE and pairs no other with 127.0.0.1; with the preference
    # it still does until a page may use the camera (RFC 8828, mode 2).
    "media.peerconnection.ice.loopback": True,
    "permissions.default.camera": 1,
    "permissions.default.microphone": 1,
    "media.gmp-manager.updateEnabled": False,
    # Timers of a window that is not in front must not slow down: they draw the fake picture.
    "dom.min_background_timeout_value": 4,
    "dom.timeout.enable_budget_timer_throttling": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "services.settings.server": "data:,",
    "intl.accept_languages": "en-GB, en",
    "remote.active-protocols": 1,
}

COMMAND_SECONDS = 60

STILL = """
s => new Promise(resolve => {
  const found = document.querySelector(s);
  if (!found || found.disabled || !found.checkVisibility({visibilityProperty: true})) return resolve(false);
  found.scrollIntoView({block: 'center', behavior: 'instant'});
  const place = () => { const { x, y } = found.getBoundingClientRect(); return `${x} ${y}`; };
  const before = place();
  const told = setTimeout(() => resolve(false), 500);
  requestAnimationFrame(() => requestAnimationFrame(() => {
    clearTimeout(told);
    if (place() !== before) return resolve(false);
    window.missed = true;
    window.addEventListener('click', (event) => { window.missed = !event.composedPath().includes(found); },
      { capture: true, once: true });
    resolve(true);
  }));
})
"""
"""Whether the element can be clicked and stays where it is; the page then notes whether a click missed it."""

KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", "Space": " "}


class BidiError(ScriptError):
    """Firefox refused a command."""


@dataclass
class FirefoxTab:
    """One window in a user context of its own; see ``tests.support.browsers.Tab``."""

    firefox: Firefox
    id: str
    user_context: str
    kind: Kind = "firefox"
    problems: list[str] = field(default_factory=list)

    async def goto(self, url: str) -> None:
        await self.firefox.command("browsingContext.navigate", context=self.id, url=url, wait="complete")

    async def reload(self) -> None:
        await self.firefox.command("browsingContext.reload", context=self.id, wait="complete")

    async def run(self, function: str, *args: Any) -> Any:
        listed = ", ".join(json.dumps(argument) for argument in args)
        reply = await self.firefox.command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({function})({listed})) ?? 'null')()",
            target={"context": self.id},
            awaitPromise=True,
            userActivation=True,
        )
        if reply["type"] == "exception":
            raise ScriptError(reply["exceptionDetails"]["text"])
        return json.loads(reply["result"]["value"])

    async def click(self, selector: str) -> None:
        """A real click by the pointer in the middle of the element, once it is there, enabled and still."""
        for _ in range(200):
            found = await self._locate(selector)
            if found is not None:
                await self._press(found)
                # A page that has gone elsewhere meanwhile was clicked.
                if not await self.run("() => window.missed === true"):
                    return
            await asyncio.sleep(0.05)
        raise ScriptError(f"nothing to click at {selector}")

    async def _press(self, found: dict[str, str]) -> None:
        steps = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": found}},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self.firefox.command(
            "input.performActions",
            context=self.id,
            actions=[{"type": "pointer", "id": "pointer", "actions": steps}],
        )

    async def _locate(self, selector: str) -> dict[str, str] | None:
        ready = await self.run(STILL, selector)
        if not ready:
            return None
        located = await self.firefox.command(
            "browsingContext.locateNodes",
            context=self.id,
            locator={"type": "css", "value": selector},
            maxNodeCount=1,
        )
        nodes = located["nodes"]
        return {"sharedId": nodes[0]["sharedId"]} if nodes else None

    async def fill(self, selector: str, text: str) -> None:
        await self.click(selector)
        await self.run("s => document.querySelector(s).select()", selector)
        for character in text:
            await self.press(character)

    async def press(self, key: str) -> None:
        value = KEYS.get(key, key)
        steps = [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        await self.firefox.command(
            "input.performActions",
            context=self.id,
            actions=[{"type": "key", "id": "keyboard", "actions": steps}],
        )

    async def screenshot(self, path: Path) -> None:
        shot = await self.firefox.command("browsingContext.captureScreenshot", context=self.id)
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))

    async def close(self) -> None:
        if self.firefox.tabs.pop(self.id, None) is not None:
            await self.firefox.command("browser.removeUserContext", userContext=self.user_context)


class Firefox:
    """One running Firefox process and its BiDi session."""

    _process: asyncio.subprocess.Process
    _profile: Path
    _http: aiohttp.ClientSession
    _socket: aiohttp.ClientWebSocketResponse

    def __init__(self) -> None:
        self.tabs: dict[str, FirefoxTab] = {}
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def start(cls, tone: int) -> Firefox:
        """Starts the browser with an empty profile; ``close`` ends it and removes the profile.

        Its fake microphone plays ``tone`` (Hz).
        """
        program = shutil.which("firefox-esr")
        if program is None:
            raise RuntimeError("The browser tests need Firefox ESR: apt-get install chromium firefox-esr")
        self = cls()
        self._profile = Path(tempfile.mkdtemp(prefix="compagnon-firefox-"))
        preferences = PREFERENCES | {"media.navigator.audio.fake_frequency": tone}
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences.items())
        (self._profile / "user.js").write_text("".join(lines))
        self._process = await asyncio.create_subprocess_exec(
            program,
            "--headless",
            "--no-remote",
            "--profile",
            str(self._profile),
            "--remote-debugging-port=0",
            "about:blank",
            stderr=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            env=dict(os.environ, MOZ_DISABLE_AUTO_SAFE_MODE="1", HOME=str(self._profile)),
            start_new_session=True,
        )
        try:
            address = await asyncio.wait_for(self._address(), 60)
            self._http = aiohttp.ClientSession()
            self._socket = await self._http.ws_connect(f"{address}/session", max_msg_size=0)
        except BaseException:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
            shutil.rmtree(self._profile, ignore_errors=True)
            raise
        self._tasks = [asyncio.create_task(self._drain()), asyncio.create_task(self._receive())]
        await self.command("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        await self.command("session.subscribe", events=["log.entryAdded"])
        return self

    async def _address(self) -> str:
        assert self._process.stderr is not None
        while line := (await self._process.stderr.readline()).decode(errors="replace"):
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                return found[1]
        raise RuntimeError("Firefox ended before it listened")

    async def _drain(self) -> None:
        # A full pipe would stop the browser.
        assert self._process.stderr is not None
        while await self._process.stderr.read(65536):
            pass

    async def _receive(self) -> None:
        async for message in self._socket:
            received = json.loads(message.data)
            waiting = self._waiting.pop(received["id"], None) if received.get("id") else None
            if waiting is not None and not waiting.done():
                waiting.set_result(received)
            elif received.get("method") == "log.entryAdded":
                self._note(received["params"])

    def _note(self, entry: dict[str, Any]) -> None:
        tab = self.tabs.get(entry["source"].get("context", ""))
        if tab is not None and entry["level"] == "error":
            tab.problems.append(f"{entry['type']}: {entry['text']}")

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends one BiDi command and returns its result. Raises ``BidiError`` when it is refused."""
        number = next(self._ids)
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        reply = await asyncio.wait_for(waiting, COMMAND_SECONDS)
        if reply["type"] == "error":
            raise BidiError(f"{method}: {reply['error']}: {reply['message']}")
        result = reply["result"]
        assert isinstance(result, dict)
        return result

    async def tab(self, *init_scripts: str) -> FirefoxTab:
        """A window (never behind another) with its own storage; ``init_scripts`` run before the page's."""
        user_context = (await self.command("browser.createUserContext"))["userContext"]
        created = await self.command("browsingContext.create", type="window", userContext=user_context)
        tab = FirefoxTab(self, created["context"], user_context)
        self.tabs[tab.id] = tab
        for script in init_scripts:
            await self.command(
                "script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}", contexts=[tab.id]
            )
        return tab

    async def close(self) -> None:
        try:
            await self.command("browser.close")
        except (BidiError, TimeoutError, ConnectionError):
            os.killpg(self._process.pid, signal.SIGTERM)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._socket.close()
            await self._http.close()
            try:
                await asyncio.wait_for(self._process.wait(), 10)
            except TimeoutError:
                os.killpg(self._process.pid, signal.SIGKILL)
                await self._process.wait()
            shutil.rmtree(self._profile, ignore_errors=True)
