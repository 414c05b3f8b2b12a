"""FFmpeg's own WHIP muxer (RFC 9725) at work: each second a flash and a beep, made together.

Run as a process, ``python -m bench.load.flashes URL TOKEN CERTIFICATE KEY SECONDS``: the muxer's handshake
holds everything else in its process up. It is told a certificate for DTLS because the one that FFmpeg makes
for itself with GnuTLS is on the curve P-224, which OpenSSL refuses.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from server.tls import make_self_signed

WIDTH, HEIGHT, FPS = 320, 180, 15
RATE, FRAME = 48_000, 960
SHOWN_S = 0.1
"""Of each second, flash and beep take so much."""


@contextlib.asynccontextmanager
async def encoding(
    url: str, token: str, seconds: float, folder: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """FFmpeg publishing for so long into the room of a personal link's token; ended by the block's end."""
    key, certificate = make_self_signed(["encoder"], datetime.datetime.now(datetime.UTC))
    (folder / "certificate.pem").write_bytes(certificate)
    # The only form of a key that FFmpeg's DTLS reads.
    (folder / "key.pem").write_bytes(
        load_pem_private_key(key, None).private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        )
    )
    files = [str(folder / "certificate.pem"), str(folder / "key.pem")]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.load.flashes",
        url,
        token,
        *files,
        str(seconds),
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def publish(out: Any, seconds: float) -> None:
    """Send picture and sound in real time."""
    fast = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}
    video = out.add_stream("libx264", rate=FPS, options=fast)
    video.width, video.height, video.pix_fmt, video.gop_size = WIDTH, HEIGHT, "yuv420p", FPS
    audio = out.add_stream("libopus", rate=RATE, options={"vbr": "off"})
    audio.layout, audio.bit_rate = "stereo", 48_000
    dark = np.random.default_rng(1).integers(0, 120, (HEIGHT, WIDTH, 3), np.uint8)
    bright = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    began, heard = time.monotonic(), 0
    for shown in range(round(seconds * FPS)):
        picture = av.VideoFrame.from_ndarray(bright if shown % FPS / FPS < SHOWN_S else dark, "rgb24")
        picture.pts = shown
        out.mux(video.encode(picture))
        while heard / RATE < (shown + 1) / FPS:
            at = np.arange(heard, heard + FRAME) % RATE / RATE
            wave = np.sin(2 * np.pi * 1_000 * at) * (at < SHOWN_S) * 16_000
            sound = av.AudioFrame.from_ndarray(wave.astype(np.int16).repeat(2).reshape(1, -1), "s16")
            sound.sample_rate, sound.pts = RATE, heard
            out.mux(audio.encode(sound))
            heard += FRAME
        time.sleep(max(0.0, began + (shown + 1) / FPS - time.monotonic()))


def main(arguments: Sequence[str]) -> None:
    """The process's entry point."""
    url, token, certificate, key, seconds = arguments
    options = {"authorization": token, "cert_file": certificate, "key_file": key}
    with av.open(url, "w", format="whip", options=options) as out:
        publish(out, float(seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
