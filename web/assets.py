"""Addresses of built files: logical name → ``/static/<name with content hash>``, from ``manifest.json``."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from pathlib import Path

import msgspec


class AssetError(Exception):
    """The front end was not built, or a file that a page needs is not in it. For the operator."""


INLINE = "begin.js"
"""The script that stands in the page itself: it sees to those that are fetched, and can't be one of them."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``web/static/manifest.json`` as ``web/build.mjs`` writes it."""

    files: dict[str, str]
    preload: dict[str, list[str]]


def static_folder() -> Path:
    """Where the built files lie: beside this module, in a work tree and in an installed wheel alike."""
    return Path(str(resources.files("web"))) / "static"


class Assets:
    """The built files of one build. Names carry content hashes: they may be cached for ever."""

    def __init__(self, manifest: Manifest, inline: str, prefix: str = "/static/") -> None:
        self.inline = inline
        """The text of ``INLINE``."""
        self._files = manifest.files
        self._preload = manifest.preload
        self._prefix = prefix

    @classmethod
    def load(cls, folder: Path | None = None) -> Assets:
        """Reads the manifest. Raises AssetError where there is none or it can't be read."""
        path = (folder or static_folder()) / "manifest.json"
        try:
            manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
            return cls(manifest, (path.parent / manifest.files[INLINE]).read_text(encoding="utf-8"))
        except (FileNotFoundError, KeyError):
            raise AssetError("The front end is not built: run ./run, or npm run build in web/.") from None
        except msgspec.DecodeError as error:
            raise AssetError(f"{path.name} can't be read ({error}): build the front end again.") from error

    def url(self, name: str) -> str:
        """The address of ``compagnon.css``, ``room.js``, ``pages/links.js``, ``icons.svg``, …."""
        try:
            return self._prefix + self._files[name]
        except KeyError:
            raise AssetError(f"{name} is not in the built front end: build it again.") from None

    @property
    def inline_source(self) -> str:
        """What a page's policy calls the inline script (Content Security Policy 3, 8.4)."""
        digest = hashlib.sha256(self.inline.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    def preloads(self, name: str) -> list[str]:
        """Addresses of the chunks that a script imports at once, to be fetched beside it."""
        return [self._prefix + chunk for chunk in self._preload.get(name, [])]
