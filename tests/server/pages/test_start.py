"""The start form: what can be typed, what comes back to be put right, and the links that follow."""

from __future__ import annotations

import gzip

import pytest
from multidict import MultiDict

from server.pages.site import Site
from server.pages.start import choices, faults, read_form
from server.room.formats import formats
from server.room.links import read_management
from server.storage.rooms import load
from signaling.parts import Words
from tests.server.pages.conftest import Client
from tests.support.forms import fields_of, send

Pairs = list[tuple[str, object]]

GOOD: Pairs = [
    ("format", "grow-45"),
    ("minutes", ""),
    ("name", "Zoë"),
    ("role", "mentor"),
    ("name", " Bao "),
    ("role", "mentee"),
    ("name", ""),
    ("role", "mentee"),
]


TOO_MANY = ("people-too-many", "people")
WRONG = ("minutes-wrong", "minutes")


def codes(pairs: Pairs) -> list[tuple[str, str | int | None]]:
    return [
        (fault.code, fault.field if fault.field else f"line {fault.line}" if fault.line else fault.row)
        for fault in faults(read_form(MultiDict(pairs)))
    ]


def people(*rows: tuple[str, str], **others: str) -> Pairs:
    pairs: Pairs = [("format", "open"), *others.items()]
    for name, role in rows:
        pairs += [("name", name), ("role", role)]
    return pairs


def test_empty_rows_are_no_people() -> None:
    assert codes(GOOD) == []
    assert [row.name for row in read_form(MultiDict(GOOD)).coming] == ["Zoë", " Bao "]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], [("format-missing", "format"), ("people-too-few", "people")]),
        (people(("Ada", "mentor")), [("people-too-few", "people")]),
        (people(("Ada", "mentee"), ("Bao", "mentee")), [("mentor-missing", "people")]),
        (people(("Ada", "mentor"), (" ada", "mentee")), [("name-twice", 1)]),
        (people(("Ada", "mentor"), ("\u202e\u200b", "mentee")), [("name-missing", 1)]),
        (people(("A" * 81, "mentor"), ("Bao", "mentee")), [("name-too-long", 0)]),
        (people(*((f"P{n}", "mentor") for n in range(9))), []),
        (people(("Ada", "mentor"), list="\n".join(f"P{n}" for n in range(99))), []),
        (people(("Ada", "mentor"), list="\n".join(f"P{n}" for n in range(100))), [TOO_MANY]),
        (people(list="Ada, mentor\nBao\nZoë, mentoré·e"), []),
        (people(("Ada", "mentor"), list="Bao\n\nada"), [("name-twice", "line 3")]),
        (people(("Ada", "mentor"), list=", mentor"), [("name-missing", "line 1")]),
        (people(("Ada", "mentor"), list="\nB" + "o" * 80), [("name-too-long", "line 2")]),
        (people(list="Ada, mentor\nBao, coach"), [("role-unknown", "line 2")]),
        (people(("Ada", "mentor"), ("Bao", "mentee"), minutes="4"), [WRONG]),
        (people(("Ada", "mentor"), ("Bao", "mentee"), minutes="241"), [WRONG]),
        (people(("Ada", "mentor"), ("Bao", "mentee"), minutes="half"), [WRONG]),
        (people(("Ada", "mentor"), ("Bao", "mentee"), minutes="\u0664\u0665"), [WRONG]),
        (people(("Ada", "mentor"), ("Bao", "mentee"), minutes="9" * 5000), [WRONG]),
        (people(("Ada", "mentor"), ("Bao", "mentee"), minutes="240"), []),
        ([("format", b"x"), ("name", b"x")], [("format-missing", "format"), ("people-too-few", "people")]),
    ],
)  # fmt: skip
def test_what_is_to_put_right(pairs: Pairs, expected: list[tuple[str, str | int]]) -> None:
    assert codes(pairs) == expected


def test_a_session_has_a_minute_for_each_box_at_least() -> None:
    people_and = [("name", "Ada"), ("role", "mentor"), ("name", "Bao"), ("role", "mentee")]
    for key, agenda in formats().items():
        least = max(5, len(agenda.course))
        assert codes([("format", key), ("minutes", str(least)), *people_and]) == []
        assert codes([("format", key), ("minutes", str(least - 1)), *people_and]) == [WRONG]
    assert [choice.key for choice in choices()] == list(formats())


async def test_a_good_form_leads_to_the_links(client: Client, site: Site) -> None:
    async with client.get("/start") as answer:
        text = await answer.text()
        assert answer.status == 200
    for key in formats():
        assert f'value="{key}"' in text
    async with client.post("/start", data=MultiDict(GOOD), allow_redirects=False) as answer:
        assert answer.status == 303
        place = answer.headers["Location"]
    token, _, query = place.removeprefix("/s/").partition("?")
    assert query == "done=created"
    stored = await load(site.store, read_management(site.secret, token))
    assert stored is not None
    assert [(guest.name, guest.role) for guest in stored.record.guests] == [
        ("Zoë", "mentor"),
        ("Bao", "mentee"),
    ]
    assert stored.record.minutes == 45
    assert sum(box.seconds for box in stored.timer.boxes) == 45 * 60


async def test_a_list_of_a_hundred_leads_to_a_hundred_links(client: Client, site: Site) -> None:
    names = [f"Person {number}" for number in range(1, 100)]
    pairs = people(("Zoë", "mentor"), list="\r\n".join(names))
    async with client.post("/start", data=MultiDict(pairs), allow_redirects=False) as answer:
        assert answer.status == 303
        place = answer.headers["Location"]
    async with client.get(place) as answer:
        text = await answer.text()
    assert text.count("data-address") == 100
    assert len(gzip.compress(text.encode())) < 60_000
    stored = await load(site.store, read_management(site.secret, place.removeprefix("/s/").partition("?")[0]))
    assert stored is not None
    assert [guest.name for guest in stored.record.guests] == ["Zoë", *names]


async def test_a_wrong_line_of_a_list_is_named(client: Client) -> None:
    pairs = people(("Ada", "mentor"), list="<b>Bao</b>\nZoë, coach")
    async with client.post("/start", data=MultiDict(pairs), allow_redirects=False) as answer:
        text = await answer.text()
        assert answer.status == 422
    assert "Line 2: " in text
    assert "&lt;b&gt;Bao&lt;/b&gt;\nZoë, coach</textarea>" in text


async def test_chosen_minutes_stretch_the_boxes(client: Client, site: Site) -> None:
    pairs = MultiDict([(key, "90" if key == "minutes" else value) for key, value in GOOD])
    async with client.post("/start", data=pairs, allow_redirects=False) as answer:
        token = answer.headers["Location"].removeprefix("/s/").partition("?")[0]
    stored = await load(site.store, read_management(site.secret, token))
    assert stored is not None
    assert sum(box.seconds for box in stored.timer.boxes) == 90 * 60


async def test_a_wrong_form_comes_back_with_everything_typed(client: Client, site: Site) -> None:
    pairs = people(("<i>Zoë</i>", "mentee"), ("Bao", "mentee"), minutes="1000")
    async with client.post("/start", data=MultiDict(pairs), allow_redirects=False) as answer:
        text = await answer.text()
        assert answer.status == 422
    assert 'value="&lt;i&gt;Zoë&lt;/i&gt;"' in text
    assert 'value="Bao"' in text
    assert 'value="1000"' in text
    assert 'role="alert"' in text
    assert text.count("aria-invalid") == 1
    assert [key async for key in site.store.scan_iter("*about*")] == []


async def test_whoever_makes_too_many_is_asked_to_wait(client: Client) -> None:
    statuses = []
    for _ in range(62):
        async with client.post("/start", data=MultiDict(GOOD), allow_redirects=False) as answer:
            statuses.append(answer.status)
    assert statuses[:60] == [303] * 60
    assert statuses[-1] == 429
    async with client.get("/start") as answer:
        assert answer.status == 200


async def test_the_boxes_can_be_changed_before_the_room_is_made(client: Client, site: Site) -> None:
    page = await (await client.get("/start")).text()

    async def sent(**typed: str | list[str]) -> tuple[int, str, str]:
        answer = await send(client, page, "/start", 1, **typed)
        return answer.status, answer.headers.get("Location", ""), await answer.text()

    people: dict[str, str | list[str]] = {"name": ["Zoë", "Bao"], "role": ["mentor", "mentee"]}
    status, _, page = await sent(**people, format="quick-30", minutes="40", do="boxes")
    assert status == 200
    fields = dict(fields_of(page, "/start"))
    assert (fields["item-1"], fields["minutes-1"], fields["boxes-of"]) == ("Topic", "20", "quick-30")
    # Another format meanwhile: what was changed of the first can't be kept, and that is said.
    status, _, other = await sent(**people, format="open")
    assert status == 422
    assert "You chose another format meanwhile" in other
    assert dict(fields_of(other, "/start"))["item-0"] == "Conversation"
    _, _, page = await sent(**people, format="quick-30", do="up-1")
    for typed, said in (
        ({"minutes-0": "x"}, "write a number from 1 to 240"),
        ({"item-1": ""}, "Give this box a name."),
        ({"minutes-0": "200", "minutes-1": "100"}, "All boxes take 313 minutes"),
    ):
        status, _, wrong = await sent(**people, format="quick-30", **typed)
        assert status == 422
        assert said in wrong
    status, place, _ = await sent(
        **people, format="quick-30", zone="America/Montreal", **{"item-0": "Your <CV>", "minutes-0": "11"}
    )
    assert status == 303
    token = place.removeprefix("/s/").partition("?")[0]
    stored = await load(site.store, read_management(site.secret, token))
    assert stored is not None
    assert (stored.record.minutes, stored.record.zone, stored.record.language) == (
        31, "America/Montreal", "en",
    )  # fmt: skip
    first, second, third = stored.timer.boxes
    assert (first.key, first.title, first.seconds) == ("topic", Words(en="Your <CV>", fr="Your <CV>"), 660)
    assert (second.key, second.title, third.key) == ("check-in", None, "next-steps")


async def test_the_agenda_can_be_as_the_format_has_it_again(client: Client) -> None:
    page = await (await client.get("/start")).text()
    page = await (await send(client, page, "/start", format="grow-45", do="boxes")).text()
    assert 'name="item-4"' in page
    page = await (await send(client, page, "/start", format="grow-45", do="as-it-was")).text()
    assert 'name="item-0"' not in page
