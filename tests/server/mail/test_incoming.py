"""Mail as it comes: read where it can be, refused where it can't, and never anything else."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.mail.incoming import IncomingError, as_text, read

SAMPLE = (
    b"From: =?utf-8?b?Wm/Dqw==?= <zoe@example.org>\r\nTo: reply+abc@meet.example\r\nMessage-ID: <1@x>\r\n"
    b'Auto-Submitted: no\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"
    b"--c\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"Gladly,=20Zo=C3=AB\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>Gladly</p>\r\n--c--\r\n"
    b'--b\r\nContent-Type: image/png; name="a.png"\r\nContent-Transfer-Encoding: base64\r\n'
    b"Content-Disposition: attachment; filename*=utf-8''%C3%A9.png\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
)


def test_the_parts_of_a_message() -> None:
    found = read(SAMPLE)
    assert (found.sender, found.id, found.text, found.automatic) == (
        "zoe@example.org",
        "<1@x>",
        "Gladly, Zoë",
        False,
    )
    assert [(file.name, file.content) for file in found.files] == [("é.png", b"\x89PNG\r\n\x1a\n")]


@pytest.mark.parametrize(
    "sender",
    [
        b"",
        b"From: \r\n",
        b"From: nobody\r\n",
        b"From: a@example.org, b@example.org\r\n",
        b"From: a@example.org\r\nFrom: b@example.org\r\n",
        b"From: undisclosed-recipients:;\r\n",
    ],
)
def test_who_does_not_say_who_they_are_is_refused(sender: bytes) -> None:
    with pytest.raises(IncomingError):
        read(sender + b"Subject: x\r\n\r\nhello")


@pytest.mark.parametrize(
    "head",
    [
        b"Auto-Submitted: auto-replied",
        b"Auto-Submitted: auto-generated (vacation)",
        b"Precedence: bulk",
        b"X-Autoreply: yes",
        b"Content-Type: multipart/report; boundary=b",
        "Subject: Réponse automatique : absente".encode(),
    ],
)
def test_machines_are_known(head: bytes) -> None:
    assert read(b"From: a@example.org\r\n" + head + b"\r\n\r\nI am away").automatic


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One<br>two</p><p>three</p>", "One\ntwo\n\nthree"),
        ("a &lt;b&gt; &amp;nbsp;", "a <b> &nbsp;"),
        ("<script>x</script><style>y</style>z", "z"),
        ("Yes<blockquote>No<div>No</div></blockquote>!", "Yes!"),
        ('<div class="gmail_quote x">No<br><blockquote>No</blockquote></div>Yes', "Yes"),
        ("<div><div>a</div><!-- no --><b>b</div>c", "a\nb\nc"),
        ("<p>unclosed", "unclosed"),
    ],
)
def test_html_is_read_as_people_see_it(html: str, text: str) -> None:
    assert as_text(html) == text


@settings(max_examples=300, deadline=None)
@given(
    cuts=st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.binary(max_size=12)), max_size=8),
    drop=st.integers(0, 40),
)
def test_any_damage_is_read_or_refused(cuts: list[tuple[int, bytes]], drop: int) -> None:
    content = SAMPLE
    for at, bytes_ in sorted(cuts, reverse=True):
        content = content[:at] + bytes_ + content[at + drop :]
    said = ""
    try:
        read(content)
    except IncomingError as error:
        said = str(error)
    # It goes into an answer of SMTP as it is.
    assert said.isascii()
    assert "\n" not in said


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_html_is_read(html: str) -> None:
    assert isinstance(as_text(html), str)


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 20_000,
        b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
        b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n" + b"<" * 200_000,
        b"From: a@example.org\r\n" + b"X: y\r\n" * 20_000 + b"\r\nhi",
        b"From: " + b"(" * 20_000 + b"a@example.org\r\n\r\nhi",
        b"From: " + b"<" * 5_000 + b"a@example.org\r\n\r\nhi",
        b"From: a@example.org\r\nSubject: " + b"=?utf-8?q?x?= " * 5_000 + b"\r\n\r\nhi",
    ],
)
def test_mail_made_to_be_slow_is_not(content: bytes) -> None:
    start = time.perf_counter()
    with contextlib.suppress(IncomingError):
        read(content)
    assert time.perf_counter() - start < 5
