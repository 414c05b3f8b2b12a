"""WHIP (RFC 9725) and WHEP over HTTP: each clause that binds a server; docs/protocol.md has the table."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from server.live import Limits
from server.room.record import GuestRecord
from server.standards import sessions
from server.storage import links
from signaling.turn import Turn
from tests.support.doors import FRAGMENT, PEOPLE, SDP, Caller, Stage, caller, problem
from tests.support.eventually import eventually
from tests.support.robots_server import make_room, serving
from tests.support.rtc_client import until

DOORS = ("whip", "whep")


@pytest.fixture(params=DOORS)
async def door(stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Caller]:
    async with caller(stage.server.base, request.param, stage.tokens[2]) as made:
        yield made


# ---------------------------------------------------------------- set-up


async def test_a_post_makes_a_session(door: Caller) -> None:
    async with door.post() as made:
        assert made.status == 201
        assert made.content_type == SDP
        assert re.fullmatch(rf"{door.endpoint}/[\w-]{{32}}", made.headers["Location"])
        assert re.fullmatch(r'"[0-9a-f]{16}"', made.headers["ETag"])
        answer = await made.text()
    directions = set(re.findall(r"a=(sendrecv|sendonly|recvonly|inactive)", answer))
    assert directions == {"recvonly" if door.door == "whip" else "sendonly"}
    assert "a=ice-lite" in answer
    assert "a=group:BUNDLE 0 1" in answer
    sections = answer.split("m=")[1:]
    assert len(sections) == 2
    for section in sections:
        assert "a=rtcp-mux\r\na=rtcp-mux-only\r\n" in section
        assert "a=candidate:1 1 udp" in section
        assert "a=end-of-candidates" in section
    if door.door == "whep":
        streams = re.findall(r"a=msid:(\S+)", answer)
        assert len(streams) == 2
        assert len(set(streams)) == 1


async def test_sendrecv_is_answered_one_way(door: Caller) -> None:
    offer = re.sub(r"a=(sendonly|recvonly)", "a=sendrecv", door.offer())
    await door.open(offer)
    expected = "recvonly" if door.door == "whip" else "sendonly"
    assert set(re.findall(r"a=(sendrecv|sendonly|recvonly|inactive)", door.answer)) == {expected}


async def test_bundle_only_sections_are_taken(door: Caller) -> None:
    head, audio, video = re.split(r"(?m)^(?=m=)", door.offer())
    video = re.sub(r"m=video 9 ", "m=video 0 ", video)
    video = re.sub(r"a=(ice-ufrag|ice-pwd|fingerprint|setup|rtcp-mux).*\r\n", "", video) + "a=bundle-only\r\n"
    await door.open(head + audio + video)
    assert "m=video 9 " in door.answer


@pytest.mark.parametrize("direction", ["inactive", "wrong"])
async def test_other_directions_are_refused(door: Caller, direction: str) -> None:
    wrong = {"whip": "recvonly", "whep": "sendonly"}[door.door] if direction == "wrong" else direction
    offer = re.sub(r"a=(sendonly|recvonly)", f"a={wrong}", door.offer())
    async with door.post(offer) as answer:
        assert answer.status == 422
        assert (await problem(answer))["field"] == "direction"


@pytest.mark.parametrize("kind", ["text/plain", "application/json", FRAGMENT])
async def test_another_content_type_is_refused(door: Caller, kind: str) -> None:
    async with door.post(**{"Content-Type": kind}) as answer:
        assert answer.status == 415
        assert answer.headers["Accept-Post"] == SDP
        assert (await problem(answer))["field"] == "Content-Type"


@pytest.mark.parametrize("offer", ["", "v=0\r\n", "hello", "v=0\r\nm=audio x y\r\n", "\xff\x00"])
async def test_a_malformed_offer_is_refused(door: Caller, offer: str) -> None:
    async with door.post(offer) as answer:
        assert answer.status == 400
        await problem(answer)


async def test_two_tracks_of_a_kind_are_refused(door: Caller) -> None:
    if door.door == "whip":
        offer = door.client.offer(senders="acs", audio=0, video=0)
    else:
        offer = door.client.offer(senders="", audio=2, video=1)
    async with door.post(offer) as answer:
        assert answer.status == 422
        assert str((await problem(answer))["field"]).startswith("m=")


async def test_nothing_is_half_accepted(stage: Stage, door: Caller) -> None:
    offer = door.offer().replace("VP8", "THEORA").replace("a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n", "")
    async with door.post(offer) as answer:
        assert answer.status == 422
        assert (await problem(answer))["field"] == "m=video"
    assert stage.server.relay.stats.peers == 0
    assert [member.name for member in stage.robot.room().members] == ["Mo"]


async def test_what_is_not_bundled_or_multiplexed_is_refused(door: Caller) -> None:
    for wrong, field in ((("BUNDLE 0 1", "BUNDLE 0"), "group:BUNDLE"), (("a=rtcp-mux\r\n", ""), "rtcp-mux")):
        async with door.post(door.offer().replace(*wrong)) as answer:
            assert answer.status == 422
            assert (await problem(answer))["field"] == field


async def test_a_body_has_a_limit(door: Caller) -> None:
    async with door.post("v=0\r\n" + "a=x\r\n" * 20_000) as answer:
        assert answer.status == 413
        await problem(answer)


async def test_get_has_no_content_and_head_tells_the_type(door: Caller) -> None:
    async with door.http.get(door.endpoint) as answer:
        assert answer.status == 200
        assert await answer.read() == b""
        assert answer.content_type == SDP
    async with door.http.head(door.endpoint) as answer:
        assert (answer.status, answer.content_type) == (200, SDP)
    await door.open()
    async with door.http.get(door.url, headers=door.headers()) as answer:
        assert (answer.status, await answer.read()) == (204, b"")


async def test_options_answers_every_site(door: Caller) -> None:
    preflight = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    await door.open()
    for url in (door.endpoint, door.url):
        async with door.http.options(url, headers=preflight) as answer:
            assert answer.status == 200
            assert answer.headers["Accept-Post"] == SDP
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert {"POST", "PATCH", "DELETE"} <= set(
                answer.headers["Access-Control-Allow-Methods"].split(", ")
            )
            assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
            assert "Link" not in answer.headers
    async with door.post(Origin="https://elsewhere.example") as made:
        assert made.status == 201
        assert made.headers["Access-Control-Allow-Origin"] == "*"
        assert {"Location", "ETag", "Link"} <= set(made.headers["Access-Control-Expose-Headers"].split(", "))


async def test_other_methods_are_not_allowed(door: Caller) -> None:
    await door.open()
    for method, url in (("PUT", door.endpoint), ("DELETE", door.endpoint), ("POST", door.url)):
        async with door.http.request(method, url, headers=door.headers()) as answer:
            assert answer.status == 405
            assert method not in answer.headers["Allow"]
            await problem(answer)


async def test_an_answer_that_is_not_wanted_is_not_made(stage: Stage) -> None:
    async with caller(stage.server.base, "whip", stage.tokens[2]) as door:
        async with door.post(Accept="text/html") as answer:
            assert answer.status == 406
            assert (await problem(answer))["field"] == "Accept"
        assert stage.server.relay.stats.peers == 0


async def test_ice_servers_come_as_links(stage: Stage, door: Caller) -> None:
    stage.server.doors.turn = Turn(("turn:a.example", "turns:a.example"), "a secret")
    async with door.post() as made:
        assert [link[:9] for link in made.headers.getall("Link")] == ["<turn:a.e", "<turns:a."]


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("header", [None, "Basic YTpi", "Bearer", "Bearer  ", "Bearer not-a-token"])
async def test_a_bearer_token_is_needed(door: Caller, header: str | None) -> None:
    headers = {"Content-Type": SDP} | ({"Authorization": header} if header is not None else {})
    async with door.http.post(door.endpoint, data=door.offer(), headers=headers) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert (await problem(answer))["field"] == "Authorization"


async def test_a_session_belongs_to_its_link(stage: Stage, door: Caller) -> None:
    await door.open()
    own, door.token = door.token, stage.tokens[1]
    async with door.delete() as answer:
        assert answer.status == 403
        await problem(answer)
    async with door.patch(door.fragment(), "*") as answer:
        assert answer.status == 403
    async with door.http.delete(door.url) as answer:
        assert answer.status == 401
    door.token = own
    async with door.http.get(door.url, headers=door.headers()) as answer:
        assert answer.status == 204


async def test_a_revoked_link_ends_its_session(stage: Stage, door: Caller, store: Redis) -> None:
    await door.open()
    guest: GuestRecord = await links.revoke(store, stage.room, stage.server.live.link(stage.tokens[2]).guest)
    await stage.server.live.guest_changed(stage.room, guest)

    await eventually(lambda: stage.server.relay.stats.peers == 0, "the media is gone")
    async with door.delete() as answer:
        assert answer.status == 404
    async with door.post() as answer:
        assert answer.status == 401


async def test_too_many_requests_are_slowed(store: Redis) -> None:
    _, tokens = await make_room(store, PEOPLE)
    async with serving(store, Limits(joins=2)) as server, caller(server.base, "whip", tokens[2]) as door:
        statuses = []
        for _ in range(3):
            async with door.post("nothing" if statuses else None) as answer:
                statuses.append(answer.status)
        assert statuses[0] == 201
        for _ in range(2):
            async with door.post() as answer:
                last = answer
        assert last.status == 429
        assert int(last.headers["Retry-After"]) > 0


# ---------------------------------------------------------------- PATCH


async def test_candidates_are_taken(door: Caller) -> None:
    await door.open()
    candidates = (
        "1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0",
        "473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0",
        "1 1 udp 1 4bd6b2a4.local 9 typ host",
        "1 1 sctp 1 nowhere.invalid 9 typ host",
    )
    for tag in (door.tag, "*", f'"other", {door.tag}'):
        async with door.patch(door.fragment(*candidates), tag) as answer:
            assert (answer.status, await answer.read()) == (204, b"")
            assert "ETag" not in answer.headers


async def test_a_restart_brings_new_credentials(door: Caller) -> None:
    await door.connect()
    before, tag = door.answer, door.tag
    for star in ("*", '"*"'):
        door.client.restart_ice()
        async with door.patch("a=ice-options:trickle ice2\r\n" + door.fragment(), star) as answer:
            assert answer.status == 200
            assert answer.content_type == FRAGMENT
            assert answer.headers["ETag"] not in (tag, "")
            tag, fragment = answer.headers["ETag"], await answer.text()
        assert "a=ice-lite\r\n" in fragment
        assert "a=candidate:1 1 udp" in fragment
        for name in ("ice-ufrag", "ice-pwd"):
            old, new = (re.findall(rf"a={name}:(\S+)", text)[0] for text in (before, fragment))
            assert old != new
            before = before.replace(old, new)
    door.client.remote_ufrag = re.findall(r"a=ice-ufrag:(\S+)", fragment)[0]
    door.client.remote_password = re.findall(r"a=ice-pwd:(\S+)", fragment)[0]
    door.client.move()
    await door.client.check()
    for stale, status in ((door.tag, 412), (tag, 204)):
        async with door.patch(door.fragment(), stale) as answer:
            assert answer.status == status


async def test_a_missing_or_outdated_tag_is_told(door: Caller) -> None:
    await door.open()
    for tag, status in ((None, 428), ('"other"', 412), ("", 412), (f"W/{door.tag}", 412)):
        async with door.patch(door.fragment(), tag) as answer:
            assert answer.status == status
            assert (await problem(answer))["field"] == "If-Match"


async def test_a_failed_restart_leaves_the_session(stage: Stage, door: Caller) -> None:
    await door.connect()
    door.client.restart_ice()
    async with door.patch(door.fragment(), '"outdated"') as answer:
        assert answer.status == 412
    await door.client.check()
    async with door.http.get(door.url, headers=door.headers()) as answer:
        assert answer.status == 204


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (("a=mid:0", "a=mid:9"), "mid"),
        (("a=ice-pwd:", "a=x:"), "ice-pwd"),
        (("a=ice-ufrag:", "a=ice-ufrag:!"), "ice-ufrag"),
        (("m=audio", "nonsense"), "body"),
    ],
)
async def test_a_malformed_fragment_is_refused(door: Caller, wrong: tuple[str, str], field: str) -> None:
    await door.open()
    async with door.patch(door.fragment().replace(*wrong), door.tag) as answer:
        assert answer.status == 400
        assert (await problem(answer))["field"] == field


async def test_a_patch_of_another_type_is_refused(door: Caller) -> None:
    await door.open()
    for kind in (SDP, "text/plain"):
        async with door.patch(door.fragment(), door.tag, **{"Content-Type": kind}) as answer:
            assert answer.status == 415
            assert answer.headers["Accept-Patch"] == FRAGMENT


async def test_patches_have_a_rate(door: Caller) -> None:
    await door.open()
    statuses = set()
    for _ in range(40):
        async with door.patch(door.fragment(), door.tag) as answer:
            statuses.add(answer.status)
    assert statuses == {204, 429}


# ---------------------------------------------------------------- the end


async def test_delete_ends_it_whatever_the_tag(stage: Stage, door: Caller) -> None:
    await door.connect()
    await until(lambda: stage.server.relay.stats.connected == 1)
    async with door.delete(**{"If-Match": '"another"'}) as answer:
        assert answer.status == 200
    assert stage.server.relay.stats.peers == 0
    # DTLS is closed by us, and a check gets no answer any more: consent is revoked (RFC 7675 5.2).
    await until(lambda: door.client.dtls.state == "closed")
    door.client.sock.sendto(bytes(door.client.request()), door.client.remote)
    answered = len(door.client.responses)
    for method in ("DELETE", "PATCH", "GET"):
        async with door.http.request(method, door.url, headers=door.headers()) as answer:
            assert answer.status == 404
    assert len(door.client.responses) == answered
    if door.door == "whip":
        await stage.robot.misses()


async def test_the_players_goodbye_ends_it(
    stage: Stage, door: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "GONE_AFTER_S", 0.1)
    monkeypatch.setattr(sessions, "CONNECT_WITHIN_S", 1.0)
    await door.connect()
    await until(lambda: stage.server.relay.stats.connected == 1)
    await until(lambda: all(each.media.connected for each in stage.server.doors.sessions._open.values()))
    await door.client.dtls.stop()
    await until(lambda: stage.server.relay.stats.peers == 0)


async def test_a_session_without_media_is_given_up(
    stage: Stage, door: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "CONNECT_WITHIN_S", 0.2)
    await door.open()
    assert stage.server.relay.stats.peers == 1
    await until(lambda: stage.server.relay.stats.peers == 0)
    async with door.http.get(door.url, headers=door.headers()) as answer:
        assert answer.status == 404
