"""FFmpeg's own WHIP muxer publishes H.264 and Opus, without audio levels; a WHEP player sees them in sync."""

from __future__ import annotations

from pathlib import Path

from redis.asyncio import Redis

from bench.lipsync import GOAL_S, watch
from bench.load.flashes import encoding
from tests.support.doors import caller
from tests.support.robots_server import make_room, serving
from tests.support.rtc_client import until

SECONDS = 20


async def test_what_ffmpeg_publishes_stays_in_sync(store: Redis, tmp_path: Path) -> None:
    _, tokens = await make_room(store, (("Mo", "mentor"), ("Encoder", "mentee")))
    async with (
        serving(store) as server,
        encoding(f"{server.base}/whip", tokens[1], SECONDS, tmp_path) as encoder,
        caller(server.base, "whep", tokens[0]) as player,
    ):
        await until(lambda: encoder.returncode is not None or server.relay.stats.packets_in > 50, 15)
        assert encoder.returncode is None
        seen = await watch(player, encoder)
        assert encoder.returncode == 0
    offsets = seen.offsets()
    # It comes some time after the encoder has begun, and at a keyframe.
    assert len(offsets) >= SECONDS - 8
    assert max(map(abs, offsets)) <= GOAL_S
    assert seen.lost == 0
