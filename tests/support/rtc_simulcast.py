"""A client whose camera is sent in three layers, each as far as the relay asks for it."""

from __future__ import annotations

import secrets

from server.media.rtcp import KeyframeRequest
from tests.support.rtc_client import Client, Track
from tests.support.rtc_room import Guest, Scene

RID_ID = 10
LAYERS = {"q": 150, "h": 400, "f": 1_000}
"""Bytes a packet, by which a viewer's layer shows; three packets a frame."""

_EXTRA = (
    f"a=extmap:{RID_ID} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    *(f"a=rid:{rid} send" for rid in LAYERS),
    f"a=simulcast:send {';'.join(LAYERS)}",
)


class Simulcast(Client):
    """``able`` are the layers that it can send now."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = {rid: self._layer() for rid in LAYERS}
        self.able = set(LAYERS)

    def _layer(self) -> Track:
        ssrc = secrets.randbelow(1 << 30) + 2
        return Track("1", "video", ssrc, ssrc + 1)

    def _section(self, kind: str, mid: str, direction: str, extra: list[str]) -> list[str]:
        simulcast = direction == "sendonly" and mid == "1"
        return super()._section(kind, mid, direction, list(_EXTRA) if simulcast else extra)

    def shoot(self, rid: str) -> None:
        """Send a frame of one layer, a keyframe where one was asked for."""
        self.tracks["now"] = self.layers[rid]
        wanted = KeyframeRequest(self.layers[rid].ssrc)
        key = wanted in self.reports
        self.reports = [report for report in self.reports if report != wanted]
        self.frame(key=key, source="now", size=LAYERS[rid])

    def extensions(self, track: Track) -> bytes:
        """Name the layer that a packet belongs to."""
        rid = next((rid for rid, layer in self.layers.items() if layer is track), None)
        return b"" if rid is None else bytes((RID_ID << 4,)) + rid.encode()


def frames(stage: Scene, sender: Guest) -> None:
    """Let the sender send a frame of each layer that it is asked for and able to send."""
    client = sender.client
    assert isinstance(client, Simulcast)
    for encoding in stage.heard.encodings.get((sender.name, "camera"), ()):
        if encoding.active and encoding.rid in client.able:
            client.shoot(encoding.rid)


def layer_of(viewer: Guest, ssrc: int) -> str | None:
    """Which layer has come last on this SSRC, by the size of its packets."""
    came = viewer.client.of(ssrc)
    sizes = {size: rid for rid, size in LAYERS.items()}
    return sizes.get(len(came[-1].payload)) if came else None
