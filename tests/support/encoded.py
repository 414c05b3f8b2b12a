"""Pictures as real encoders send them: FFmpeg's, in FFmpeg's own RTP packets."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import av
import numpy as np

ENCODERS: dict[str, tuple[str, dict[str, str]]] = {
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "8"}),
    "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}),
    "av1": ("libsvtav1", {"preset": "12", "svtav1-params": "lp=1"}),
    "h264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency"}),
}
"""By the name that the relay has for the codec: an encoder, and how to make it quick."""


class _Packets:
    """A file to which each packet is written at once."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.written.append(bytes(data))
        return len(data)


def keyframe(
    codec: str, width: int, height: int, pixels: str = "yuv420p", options: Mapping[str, str] | None = None
) -> list[bytes]:
    """Return the RTP packets of one picture of grain, that begins a stream; headers of 12 bytes."""
    encoder, quick = ENCODERS[codec]
    into = _Packets()
    # FFmpeg calls its packets of VP9 experimental.
    with av.open(
        into, "w", format="rtp", options={"packetsize": "1200", "strict": "experimental"}
    ) as container:
        stream = container.add_stream(encoder, rate=25, options={**quick, **(options or {})})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        grain = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(grain, "rgb24").reformat(format=pixels)
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    # RFC 5761 4: these types of RTP would be RTCP's.
    return [packet for packet in into.written if not 192 <= packet[1] <= 223]
