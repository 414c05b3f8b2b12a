"""Text frames to typed messages and back; the ``ProtocolError`` of a wrong frame names the field at fault."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from signaling.errors import ProtocolError
from signaling.messages import ClientMessage, Join, Offer, ServerMessage

MAX_MESSAGE = 64 * 1024
"""Largest text frame in characters, but for the two messages that carry an SDP."""

MAX_FRAME = 160 * 1024
"""Largest text frame of all: an SDP of 64 Ki characters, longer in JSON by two for each line end."""

client_types = frozenset(str(message.__struct_config__.tag) for message in ClientMessage.__args__)
"""The ``type`` of every message a browser may send."""

_Message = TypeVar("_Message")

_client = msgspec.json.Decoder(ClientMessage)
_server = msgspec.json.Decoder(ServerMessage)
_encoder = msgspec.json.Encoder()

# msgspec tells where it stumbled in words only: "… - at `$.name`", "… field `name`".
_path = re.compile(r"at `\$\.?([^`]*)`$")
_named = re.compile(r"(?:required|unknown) field `([^`]*)`")
_longest_field = 40


class _Tag(msgspec.Struct):
    """Just the type of a message that could not be decoded, to say which one it was."""

    type: str | None = None


_tag = msgspec.json.Decoder(_Tag)


def decode(frame: str) -> ClientMessage:
    """The browser's message in a text frame.

    Raises ``ProtocolError``: ``message-too-large``, ``name-too-long``, or ``bad-message`` with its field.
    """
    if len(frame) > MAX_FRAME:
        raise ProtocolError("message-too-large")
    message: ClientMessage = _decode(_client, frame)
    if len(frame) > MAX_MESSAGE and not isinstance(message, Join | Offer):
        raise ProtocolError("message-too-large")
    return message


def decode_server(frame: str) -> ServerMessage:
    """The server's message in a text frame, for clients written in Python. Raises as ``decode`` does."""
    message: ServerMessage = _decode(_server, frame)
    return message


def encode(message: ClientMessage | ServerMessage) -> str:
    """The text frame of a message; ``decode(encode(m)) == m`` for every valid message."""
    return _encoder.encode(message).decode()


def type_of(frame: str) -> str | None:
    """The ``type`` of a frame that was refused, when it is a known one: for ``error.about``."""
    if len(frame) > MAX_FRAME:
        return None
    try:
        tag = _tag.decode(frame).type
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    return tag if tag in client_types else None


def _decode(decoder: msgspec.json.Decoder[_Message], frame: str) -> _Message:
    try:
        return decoder.decode(frame)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from None
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise ProtocolError("bad-message", detail=str(error)) from None


def _refusal(reason: str) -> ProtocolError:
    named = _named.search(reason)
    path = _path.search(reason)
    field = ".".join(part for part in (path and path.group(1), named and named.group(1)) if part)
    field = field[:_longest_field]
    if field == "name" and "length" in reason:
        return ProtocolError("name-too-long", field)
    if field in {"offer", "sdp"} and "length" in reason:
        return ProtocolError("message-too-large", field)
    return ProtocolError("bad-message", field or None, detail=reason[:200])
