from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mentoring.people import LONGEST_EMAIL, EmailError, Person, edited, normal_email, promoted

ADA = Person(
    id="p" * 16, email="ada@example.org", name="", language="fr", zone="Europe/Paris", created_ms=1_000
)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        (" Ada@Example.ORG\n", "ada@example.org"),
        ("a.b+c@mail.example.org", "a.b+c@mail.example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada\uff20example.org", "ada@example.org"),
    ],
)
def test_an_address_has_one_form(typed: str, normal: str) -> None:
    assert normal_email(typed) == normal
    assert normal_email(normal) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@localhost",
        "ada@example..org",
        "ada@-example.org",
        "ada@127.0.0.1",
        ".ada@example.org",
        "ada bao@example.org",
        "ada@example.org\r\nBcc: bao@example.org",
        "ada@example.org,bao@example.org",
        "<ada@example.org>",
        "a" * 65 + "@example.org",
        "ada@" + "b" * 64 + ".org",
        "ada@" + ".".join(["b" * 60] * 5) + ".org",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(EmailError):
        normal_email(typed)


@given(st.text(max_size=80) | st.from_regex(r"\S{1,70}@\S{1,70}\.\w{2,5}"))
def test_whatever_is_typed_gives_a_safe_address_or_a_refusal(typed: str) -> None:
    try:
        normal = normal_email(typed)
    except EmailError:
        return
    assert normal.isascii()
    assert normal.isprintable()
    assert not set(normal) & set(' ,;:<>()[]"\\')
    assert len(normal) <= LONGEST_EMAIL
    assert normal_email(normal) == normal


def test_each_change_is_a_version() -> None:
    named = edited(ADA, name="Ada Lovelace", language="en", zone="Europe/London")
    assert (named.version, named.shown, named.email) == (2, "Ada Lovelace", "ada@example.org")
    assert (promoted(named).version, promoted(named).admin, named.admin) == (3, True, False)
    assert ADA.shown == "ada@example.org"
