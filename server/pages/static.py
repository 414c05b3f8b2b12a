"""``/static/…``: the built files. Their names carry their content's hash, so browsers keep them for good."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from server.pages.site import PageError

_types = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}


class StaticFiles:
    """Exactly the files that lay in the folder at the start: no path of a request ever reaches the disk."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): path
            for path in folder.rglob("*")
            if path.is_file() and path.suffix in _types and path.name != "manifest.json"
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """``GET /static/<name>``; aiohttp sends the ``.br`` or ``.gz`` beside it to browsers that take it."""
        path = self._files.get(request.match_info["name"])
        if path is None:
            raise PageError(404, "not-found")
        charset = "" if path.suffix == ".woff2" else "; charset=utf-8"
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Type": _types[path.suffix] + charset,
        }
        return web.FileResponse(path, headers=headers)
