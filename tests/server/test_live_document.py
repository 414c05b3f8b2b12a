from __future__ import annotations

from random import Random

import pytest
from pycrdt import Doc, Text

from server import live_document
from server.live_document import Document, GapError
from tests.support.refused import refused


class Writer:
    """A Yjs document elsewhere, and the updates that its edits make."""

    def __init__(self, client_id: int | None = None) -> None:
        self.doc: Doc[Text] = Doc(client_id=client_id)
        self.text = self.doc.get("notes", type=Text)
        self.updates: list[bytes] = []
        self._seen = self.doc.observe(lambda event: self.updates.append(event.update))

    def write(self, text: str) -> bytes:
        self.text.insert(0, text)
        return self.updates[-1]

    def erase(self, count: int) -> bytes:
        del self.text[0:count]
        return self.updates[-1]


def accepted(document: Document, update: bytes) -> str | None:
    """How an update is refused; one that is not is settled at once."""
    try:
        error = refused(lambda: document.accept(update))
    except GapError:
        return "gap"
    if error is not None:
        assert error.field == "update"
        return error.code
    document.settle()
    return None


def test_only_what_is_stored_is_shown() -> None:
    document, writer = Document(), Writer()
    document.accept(writer.write("world"))
    document.accept(writer.write("hello "))
    assert document.text() == ""
    document.settle()
    assert document.text() == "world"
    assert Document().vector() == b"\x00"
    document.settle()
    assert document.text() == "hello world"
    assert document.vector() == writer.doc.get_state()


def test_what_a_reader_lacks_is_all_they_are_given() -> None:
    document, writer, reader = Document(), Writer(), Writer()
    for text in ("c", "b", "é🙂"):
        document.accept(writer.write(text))
        document.settle()
    reader.doc.apply_update(writer.updates[0])
    missing = document.lacking(reader.doc.get_state())
    assert len(missing) < len(document.snapshot())
    reader.doc.apply_update(missing)
    assert str(reader.text) == "é🙂bc"


@pytest.mark.parametrize("vector", [b"", b"\x05", b"\xff" * 9, b"\x01\x01"])
def test_what_is_no_state_vector_is_refused(vector: bytes) -> None:
    document = Document()
    error = refused(lambda: document.lacking(vector))
    assert error is not None
    assert (error.code, error.field) == ("bad-message", "vector")


def test_an_update_that_builds_on_nothing_is_a_gap() -> None:
    document, writer = Document(), Writer()
    first, second, third = writer.write("one"), writer.write("two"), writer.erase(2)
    assert accepted(document, first) is None
    assert accepted(document, third) == "gap"
    assert document.text() == "one"
    assert accepted(document, second) is None
    assert accepted(document, third) is None
    assert document.text() == "oone"
    again = Document()
    again.load(document.snapshot())
    assert again.text() == "oone"


def test_a_refused_update_leaves_those_that_wait_as_they_were() -> None:
    document, writer, other = Document(), Writer(), Writer()
    document.accept(writer.write("waits "))
    writer.write("lost")
    with pytest.raises(GapError):
        document.accept(writer.write("gap"))
    document.accept(other.write("too"))
    document.settle()
    document.settle()
    assert document.text() in {"toowaits ", "waits too"}


def test_a_document_is_full_at_a_bound_and_has_room_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_document, "MOST_BYTES", 10_000)
    document, writer = Document(), Writer()
    assert accepted(document, writer.write("x" * 9_000)) is None
    assert accepted(document, Writer().write("y" * 5_000)) == "note-too-large"
    assert document.text() == "x" * 9_000
    assert accepted(document, writer.erase(9_000)) is None
    assert accepted(document, writer.write("y" * 5_000)) is None


def test_a_paragraph_that_there_was_no_room_for_is_not_taken_for_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_document, "MOST_BYTES", 10_000)
    document = Document()
    assert document.compose("box:b0", "x" * 10_000, first=False) is None
    assert document.exchanging(lambda said: [(0, "y")] if said else []) == b""
    assert document.compose("box:b0", "### Welcome\n\n", first=False) is not None
    document.settle()
    assert document.text() == "### Welcome\n\n"


def test_a_stored_update_that_is_damaged_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    document, writer = Document(), Writer()
    document.load(writer.write("kept "))
    document.load(b"\x01\x01garbage")
    document.load(writer.write("all "))
    assert document.text() == "all kept "
    assert "damaged" in caplog.text


def mangled(random: Random, update: bytes) -> bytes:
    data = bytearray(update)
    for _ in range(random.choice([1, 1, 2, 5])):
        at = random.randrange(len(data) + 1)
        what = random.random()
        if what < 0.5 and at < len(data):
            data[at] = random.choice([0, 1, 2, 127, 128, 255, random.randrange(256)])
        elif what < 0.7:
            del data[at:]
        elif what < 0.85:
            data.insert(at, random.randrange(256))
        else:
            data += random.randbytes(3)
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_mangled_updates_never_harm_the_document(seed: int) -> None:
    """Each is refused or taken whole; what was taken reads back from the store as it is shown."""
    random, document, writer = Random(seed), Document(), Writer()
    stored = []
    for text in ("a", "é", "🙂", "e\u0301", "words "):
        update = writer.write(text)
        assert accepted(document, update) is None
        stored.append(update)
    outcomes: dict[str | None, int] = {}
    for _ in range(600):
        update = mangled(random, random.choice(writer.updates))
        outcome = accepted(document, update)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if outcome is None:
            stored.append(update)
    assert outcomes["bad-message"] > 100
    assert outcomes["gap"] > 5
    again = Document()
    for update in stored:
        again.load(update)
    assert again.text() == document.text()
    copy = Document()
    copy.load(document.snapshot())
    assert copy.text() == document.text()
    assert document.lacking(copy.vector())[0] == 0


@pytest.mark.parametrize(
    "panics",
    [
        "0100010000",  # a client with no insertions
        "0101010444010000006200",  # an insertion to the left of nothing
        "0101037f0444010002616200",  # one whose parent is a text's character
    ],
)
def test_a_panic_of_the_library_is_a_refusal(panics: str) -> None:
    """Found by fuzzing: Yrs 0.28 reads these without complaint and panics when they are applied."""
    document, writer = Document(), Writer(client_id=1)
    assert accepted(document, writer.write("safe")) is None
    assert accepted(document, bytes.fromhex(panics)) == "bad-message"
    assert accepted(document, writer.write("still ")) is None
    assert document.text() == "still safe"
