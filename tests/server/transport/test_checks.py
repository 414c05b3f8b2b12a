"""Checks are read and answered as aioice, which knows all of STUN, would read and answer them."""

from __future__ import annotations

from typing import Any

import pytest
from aioice import stun
from hypothesis import given, settings
from hypothesis import strategies as st

from server.transport import checks

KEY = b"our-secret-password-24"

_attributes = st.dictionaries(
    st.sampled_from(
        ["USERNAME", "PRIORITY", "USE-CANDIDATE", "ICE-CONTROLLING", "ICE-CONTROLLED", "SOFTWARE", "NONCE"]
    ),
    st.integers(0, 0xFFFFFFFF),
)
_addresses = st.tuples(
    st.one_of(st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str)), st.integers(0, 65_535)
)


def request(values: dict[str, int], key: bytes = KEY, kind: stun.Class = stun.Class.REQUEST) -> bytes:
    message = stun.Message(stun.Method.BINDING, kind)
    for name, value in values.items():
        given: Any = value
        if name in ("USERNAME", "SOFTWARE"):
            given = f"ours:{value}"
        elif name == "NONCE":
            given = str(value).encode()
        message.attributes[name] = given
    message.add_message_integrity(key)
    return bytes(message)


def by_aioice(data: bytes) -> checks.Check | None:
    try:
        message = stun.parse_message(data)
        if not message.check_message_integrity(KEY):
            return None
    except Exception:  # whatever it lets through
        return None
    told = message.attributes
    return checks.Check(
        message.transaction_id,
        told.get("PRIORITY", 0),
        "USE-CANDIDATE" in told,
        "ICE-CONTROLLED" in told,
    )


@given(_attributes)
def test_a_check_is_read_as_it_was_meant(values: dict[str, int]) -> None:
    data = request(values)
    assert checks.read(data, KEY) == by_aioice(data) is not None
    assert checks.read(data, KEY + b"!") is None


@settings(deadline=None)
@given(_attributes, st.integers(0, 200), st.integers(1, 255))
def test_a_check_of_which_a_byte_was_changed_is_not_proven(
    values: dict[str, int], place: int, change: int
) -> None:
    data = bytearray(request(values))
    data[place % len(data)] ^= change
    # Of the header, the size and the cookie are looked at before.
    found = checks.read(bytes(data), KEY)
    assert found is None or found == by_aioice(bytes(data)) or place % len(data) < 4


@settings(deadline=None)
@given(_attributes, st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=9)), max_size=3))
def test_what_follows_the_proof_counts_for_nothing(
    values: dict[str, int], more: list[tuple[int, bytes]]
) -> None:
    data = request(values)[:-8]
    for attribute, value in more:
        data += attribute.to_bytes(2) + len(value).to_bytes(2) + value + bytes(-len(value) % 4)
    data = data[:2] + (len(data) - 20).to_bytes(2) + data[4:]
    # Sizes that their kind can't have are refused wherever they are: aioice passes over them here.
    found = checks.read(data, KEY)
    assert found in (None, by_aioice(data))
    if all(attribute not in checks._SIZES for attribute, _ in more):
        assert found == by_aioice(data) is not None


@pytest.mark.parametrize(
    "attribute", ["00080013" + 20 * "00", "00240003" + 4 * "00", "802a0004" + 4 * "00", "0006ffff" + 8 * "00"]
)
def test_an_attribute_of_another_size_than_its_kind_has_is_unsound(attribute: str) -> None:
    body = bytes.fromhex(attribute)
    head = bytes.fromhex("0001") + (len(body) + 24).to_bytes(2) + bytes.fromhex("2112a442") + bytes(12)
    proof = stun.message_integrity(head + body, KEY)
    assert checks.read(head + body + b"\0\x08\0\x14" + proof, KEY) is None


@given(st.binary(min_size=12, max_size=12), _addresses)
def test_an_answer_is_the_one_that_aioice_gives(transaction: bytes, address: tuple[str, int]) -> None:
    check = checks.Check(transaction, 1, nominates=False, controlled=False)
    reply = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction)
    reply.attributes["XOR-MAPPED-ADDRESS"] = address
    reply.add_message_integrity(KEY)
    assert checks.answer(check, address, KEY) == bytes(reply)


def test_an_address_may_name_its_interface() -> None:
    check = checks.Check(bytes(12), 1, nominates=False, controlled=False)
    assert checks.answer(check, ("fe80::1%eth0", 9), KEY) == checks.answer(check, ("fe80::1", 9), KEY)


@given(st.binary(min_size=12, max_size=12))
def test_a_refusal_is_the_one_that_aioice_gives(transaction: bytes) -> None:
    reply = stun.Message(stun.Method.BINDING, stun.Class.ERROR, transaction)
    reply.attributes["ERROR-CODE"] = (487, "Role Conflict")
    reply.add_message_integrity(KEY)
    check = checks.Check(transaction, 1, nominates=False, controlled=True)
    assert checks.refusal(check, KEY) == bytes(reply)
