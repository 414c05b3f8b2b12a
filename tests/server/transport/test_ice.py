"""ICE-lite without a network: datagrams in, replies out, and a clock that is passed in."""

from __future__ import annotations

import os
from typing import Any

from aioice import stun
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.media.stats import RelayStats
from server.transport.ice import CONSENT_S, MAX_PATHS, NOMINATION_S, STRANGERS_A_SECOND, Agent, Path, Table
from signaling.negotiation import Credentials

HERE, THERE, ELSEWHERE = ("192.0.2.1", 1_000), ("192.0.2.1", 2_000), ("192.0.2.9", 3_000)
OURS, NEWER = Credentials("ours", "our-secret-password-24"), Credentials("newer", "another-password-24-long")


class Ice:
    """A table with one agent, and where it was last told to send."""

    def __init__(self) -> None:
        self.stats = RelayStats()
        self.table = Table(self.stats)
        self.selected: list[Path | None] = []
        self.agent = Agent("peer", self.selected.append)
        self.table.add(self.agent, OURS)

    def ask(
        self,
        address: tuple[str, int] = HERE,
        now: float = 0.0,
        *,
        credentials: Credentials = OURS,
        nominate: bool = True,
        **attributes: Any,
    ) -> stun.Message | None:
        reply = self.table.receive(request(credentials, nominate=nominate, **attributes), address, now)
        return stun.parse_message(reply) if reply is not None else None


def request(credentials: Credentials = OURS, *, nominate: bool = True, **attributes: Any) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    wanted = {"USERNAME": f"{credentials.ufrag}:theirs", "PRIORITY": 100, "ICE-CONTROLLING": 1}
    wanted |= {name.replace("_", "-"): value for name, value in attributes.items()}
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.attributes.update({name: value for name, value in wanted.items() if value is not None})
    message.add_message_integrity(credentials.password.encode())
    return bytes(message)


def test_a_proven_check_is_answered_with_its_address_and_fingerprint() -> None:
    ice = Ice()
    reply = ice.ask()
    assert reply is not None
    assert reply.message_class == stun.Class.RESPONSE
    assert reply.attributes["XOR-MAPPED-ADDRESS"] == HERE
    assert "FINGERPRINT" in reply.attributes
    assert reply.check_message_integrity(OURS.password.encode())
    assert ice.table.paths[HERE].owner == "peer"
    assert [path.address for path in ice.selected if path] == [HERE]


def test_who_proves_nothing_gets_no_reply() -> None:
    ice = Ice()
    wrong = Credentials(OURS.ufrag, "not-the-password")
    assert ice.ask(credentials=wrong) is None
    assert ice.ask(credentials=Credentials("nobody", OURS.password)) is None
    assert ice.ask(USERNAME=None) is None
    assert ice.ask(USERNAME="ours") is None
    unsigned = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    unsigned.attributes["USERNAME"] = "ours:theirs"
    assert ice.table.receive(bytes(unsigned), HERE, 0) is None
    assert ice.table.paths == {}
    assert ice.agent.heard is None
    assert ice.stats.drops == {"stun": 5}


def test_a_response_or_indication_is_no_request() -> None:
    ice = Ice()
    for kind in (stun.Class.RESPONSE, stun.Class.INDICATION, stun.Class.ERROR):
        message = stun.Message(stun.Method.BINDING, kind)
        message.attributes["USERNAME"] = "ours:theirs"
        message.add_message_integrity(OURS.password.encode())
        assert ice.table.receive(bytes(message), HERE, 0) is None


def test_a_controlled_browser_is_told_to_change_its_role() -> None:
    ice = Ice()
    reply = ice.ask(ICE_CONTROLLING=None, ICE_CONTROLLED=5)
    assert reply is not None
    assert reply.message_class == stun.Class.ERROR
    assert reply.attributes["ERROR-CODE"][0] == 487
    assert ice.selected == []


def test_consent_lasts_thirty_seconds_after_the_last_request() -> None:
    ice = Ice()
    assert not ice.agent.consents(0)
    ice.ask(now=100)
    assert ice.agent.consents(100 + CONSENT_S)
    assert not ice.agent.consents(100 + CONSENT_S + 0.1)
    ice.ask(now=200, nominate=False)
    assert ice.agent.consents(229)


def test_before_a_nomination_the_first_path_will_do() -> None:
    ice = Ice()
    ice.ask(HERE, nominate=False)
    ice.ask(THERE, nominate=False)
    assert ice.agent.selected is ice.table.paths[HERE]
    ice.ask(THERE)
    assert ice.agent.selected is ice.table.paths[THERE]


def test_of_two_nominated_paths_the_better_is_used_while_it_lives() -> None:
    ice = Ice()
    ice.ask(HERE, 0, PRIORITY=200)
    ice.ask(THERE, 0.1, PRIORITY=100)
    assert ice.agent.selected is ice.table.paths[HERE]
    ice.ask(THERE, NOMINATION_S + 0.1, PRIORITY=100)
    assert ice.agent.selected is ice.table.paths[THERE]


def test_after_a_restart_the_old_credentials_live_until_a_nomination() -> None:
    ice = Ice()
    ice.ask(HERE)
    ice.table.add(ice.agent, NEWER)
    assert ice.ask(HERE) is not None
    assert ice.ask(THERE, credentials=NEWER, nominate=False) is not None
    assert ice.agent.selected is ice.table.paths[HERE]
    assert ice.ask(THERE, credentials=NEWER, PRIORITY=1) is not None
    assert ice.agent.selected is ice.table.paths[THERE]
    assert ice.ask(HERE) is None
    assert HERE not in ice.table.paths


def test_restarts_that_are_never_nominated_leave_nothing_behind() -> None:
    ice = Ice()
    ice.ask(HERE)
    for number in range(100):
        ice.table.add(ice.agent, Credentials(f"again{number}", OURS.password))
    assert len(ice.table._agents) == 2
    assert ice.ask(HERE) is not None


def test_addresses_are_bounded_and_the_one_in_use_stays() -> None:
    ice = Ice()
    ice.ask(HERE, 0)
    for port in range(5_000, 5_200):
        ice.ask(("192.0.2.5", port), port, nominate=False)
    assert len(ice.table.paths) == MAX_PATHS
    assert HERE in ice.table.paths
    assert ("192.0.2.5", 5_199) in ice.table.paths


def test_an_address_belongs_to_whoever_proved_it_last() -> None:
    ice = Ice()
    ice.ask(HERE)
    other = Agent("other", lambda path: None)
    ice.table.add(other, NEWER)
    ice.ask(HERE, credentials=NEWER)
    assert ice.table.paths[HERE].owner == "other"
    assert ice.agent.paths == {}
    assert ice.selected[-1] is None


def test_a_removed_agent_answers_no_more() -> None:
    ice = Ice()
    ice.ask()
    ice.table.remove(ice.agent)
    assert ice.table.paths == {}
    assert ice.ask() is None


def test_strangers_get_a_bounded_share_of_the_time() -> None:
    ice = Ice()
    ice.ask(HERE, 7.0)
    wrong = request(Credentials(OURS.ufrag, "not-the-password"))
    for port in range(STRANGERS_A_SECOND + 10):
        ice.table.receive(wrong, ("192.0.2.6", port), 7.5)
    assert ice.ask(ELSEWHERE, 7.6) is None, "too many strangers in this second"
    assert ice.ask(HERE, 7.7) is not None, "a proven address is no stranger"
    assert ice.ask(ELSEWHERE, 8.1) is not None


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sound request with bytes changed, cut or added: lengths, types and values may all be wrong."""
    data = bytearray(request())
    for _ in range(draw(st.integers(1, 8))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    cut = draw(st.integers(0, len(data)))
    whole = bytes(data[:cut]) + draw(st.binary(max_size=24))
    if draw(st.booleans()) and len(whole) >= 4:
        whole = whole[:2] + ((len(whole) - 20) & 0xFFFF).to_bytes(2) + whole[4:]
    return whole


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(max_size=1_500), damaged()))
@example(b"")
@example(bytes.fromhex("000100002112a442") + bytes(12))
@example(bytes.fromhex("000100082112a442") + bytes(12) + bytes.fromhex("0006ffff6f757273"))
@example(bytes.fromhex("000100102112a442") + bytes(12) + b"\x00\x06\x00\x05ours:\0\0\0\x80\x28\x00\x00")
@example(
    bytes.fromhex("000100182112a442")
    + bytes(12)
    + b"\x00\x06\x00\x05ours:\0\0\0\x00\x20\x00\x03\0\x07\1\0aaaa"
)
def test_no_datagram_raises(data: bytes) -> None:
    ice = Ice()
    ice.table.receive(data, HERE, 0.0)


def test_a_flood_of_noise_leaves_nothing_behind() -> None:
    ice = Ice()
    for _ in range(2_000):
        ice.table.receive(os.urandom(60), HERE, 0.0)
    assert ice.table.paths == {}
    assert ice.stats.drops == {"stun": 2_000}
