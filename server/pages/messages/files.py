"""Files beside messages, for the people of the conversation alone, and never shown by the browser itself."""

from __future__ import annotations

import io
from urllib.parse import quote

from aiohttp import web

from server.pages.access import mentorship_of
from server.pages.site import SITE, PageError
from server.storage.conversations import load_attachment, load_message


async def show(request: web.Request) -> web.Response:
    """``GET /m/{mentorship}/messages/{message}/files/{file}``: to be kept, not opened."""
    store, tie = request.app[SITE].store, mentorship_of(request)
    message = await load_message(store, request.match_info["message"])
    if message is None or message.mentorship != tie.id:
        raise PageError(404, "not-found")
    file = next((each for each in message.attachments if each.id == request.match_info["file"]), None)
    content = None if file is None else await load_attachment(store, file.id)
    if file is None or content is None:
        raise PageError(404, "not-found")
    return web.Response(
        # Not as plain bytes: those are written in one go.
        body=io.BytesIO(content),
        headers={
            "Content-Type": file.media_type,
            # RFC 6266: the name in UTF-8; no quoted form that an odd name could break out of.
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )
