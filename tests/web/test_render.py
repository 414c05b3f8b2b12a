from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import get_args

import pytest

from signaling.parts import Language
from tests.web.samples import HOSTILE, PAGES, chrome, links, room, start
from web.assets import Assets
from web.i18n import LANGUAGES
from web.render import Renderer, hue, initials, mail, qr
from web.views import Chrome, ErrorView, LandingView, PageErrorCode, PersonRow, StartError, StartErrorCode

VOID = {"meta", "link", "input", "img", "br", "hr"}


class Page(HTMLParser):
    """What a browser would make of a page: its elements in order, each with its attributes; and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], "elements that are not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            self.scripts.append(data)
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def skeleton(self) -> list[tuple[str, tuple[str, ...]]]:
        """The structure without its values: what no typed text may change."""
        return [(tag, tuple(sorted(attributes))) for tag, attributes in self.elements]


def draw(renderer: Renderer, name: str, language: Language, person: str) -> Page:
    around = chrome(name, language, person, f"/{person}")
    return Page(renderer.render(PAGES[name](person, language), around))


EVERY = pytest.mark.parametrize(
    ("name", "language"), [(name, language) for name in PAGES for language in LANGUAGES]
)


@EVERY
def test_text_that_people_type_never_becomes_markup(
    renderer: Renderer, name: str, language: Language
) -> None:
    plain = draw(renderer, name, language, "Zacharie")
    hostile = draw(renderer, name, language, HOSTILE)
    # The modules of a QR code are one path whatever the link.
    assert hostile.skeleton() == plain.skeleton()
    if "Zacharie" in plain.text:
        assert HOSTILE in hostile.text


@EVERY
def test_pages_keep_the_policy(renderer: Renderer, assets: Assets, name: str, language: Language) -> None:
    """The content security policy: nothing inline but what it names, nothing from elsewhere."""
    page = draw(renderer, name, language, "Paul")
    for tag, attributes in page.elements:
        assert not [key for key in attributes if key == "style" or key.startswith("on")], tag
        assert tag not in {"style", "iframe", "object", "embed", "base"}
    for script in page.all("script"):
        if "src" in script:
            assert script["src"].startswith("/static/")
    texts = [text for text in page.scripts if not text.lstrip().startswith("{")]
    assert texts == ([assets.inline] if name == "room" else [])
    for link in page.all("link"):
        assert link["href"].startswith("/static/") or link["rel"] == "manifest"


@EVERY
def test_pages_can_be_read_by_everyone(renderer: Renderer, name: str, language: Language) -> None:
    page = draw(renderer, name, language, "Paul")
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    known = set(ids)
    for tag, attributes in page.elements:
        for reference in ("aria-describedby", "aria-labelledby", "for"):
            assert set(attributes.get(reference, "").split()) <= known, (tag, attributes)
        if tag == "a" and attributes["href"].startswith("#"):
            assert attributes["href"][1:] in known
    labelled = {label["for"] for label in page.all("label") if "for" in label}
    for field in [*page.all("input"), *page.all("select")]:
        if field.get("type") in {"hidden", "radio", "checkbox"}:
            continue
        assert field.get("id") in labelled or field.get("aria-label"), field


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", get_args(PageErrorCode))
def test_every_error_page_has_its_words(renderer: Renderer, code: PageErrorCode, language: Language) -> None:
    page = Page(
        renderer.render(
            ErrorView(status=400, code=code, retry=True), Chrome(language=language, path="/x?y=1")
        )
    )
    assert {"href": "/x?y=1", "class": "button primary"} in page.all("a")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", get_args(StartErrorCode))
def test_every_start_error_leads_to_its_field(
    renderer: Renderer, code: StartErrorCode, language: Language
) -> None:
    values = {"least": 5, "most": 80, "name": "Paul", "total": 300}
    for wrong in (
        StartError(code=code, field="minutes", values=values),
        StartError(code=code, row=1, values=values),
    ):
        page = Page(renderer.render(start(errors=(wrong,)), Chrome(language=language, path="/start")))
        target = "minutes" if wrong.field else "person-2-name"
        assert f"#{target}" in [link["href"] for link in page.all("a")]
        [field] = [field for field in page.all("input") if field.get("id") == target]
        assert field["aria-invalid"] == "true"
        assert f"{'minutes' if wrong.field else 'person-2'}-error" in field["aria-describedby"]


def test_the_start_form_keeps_what_was_typed(renderer: Renderer) -> None:
    people = (
        PersonRow(name="", role="mentee"),
        PersonRow(name="", role="mentee"),
        PersonRow(name="Zoë", role="mentor"),
        PersonRow(name="", role="mentor"),
    )
    view = start(chosen="grow-45", minutes="50", people=people)
    assert view.rows == 3
    page = Page(renderer.render(view, Chrome(language="en", path="/start")))
    fields = page.all("input")
    assert [field["value"] for field in fields if "checked" in field] == ["grow-45"]
    assert [field["value"] for field in fields if field.get("name") == "name"] == ["", "", "Zoë"] + [""] * 5
    assert [field["value"] for field in fields if field.get("name") == "minutes"] == ["50"]
    chosen = [option["value"] for option in page.all("option") if "selected" in option]
    assert chosen == ["mentee", "mentee", "mentor", "mentor", "mentee", "mentee", "mentee", "mentee"]


def test_the_rooms_json_survives_any_name(renderer: Renderer) -> None:
    name = "</script><!--<script>\u2028&'\""
    page = Page(renderer.render(room(name, "fr"), Chrome(language="fr", path="/j/tok.en")))
    _, text = page.scripts
    bootstrap = json.loads(text)
    assert set(bootstrap) == {
        "token",
        "language",
        "ws",
        "room",
        "me",
        "video_slots",
        "strings",
        "notes_url",
        "after_url",
        "ice_servers",
        "bytes_per_hour",
        "limits",
    }
    assert bootstrap["me"] == {"id": "g1", "name": name, "role": "mentor"}
    assert bootstrap["room"]["title"] == name
    assert bootstrap["strings"].startswith("/static/strings/fr-")


def test_links_that_do_not_work_are_not_shown(renderer: Renderer) -> None:
    page = renderer.render(links("Paul"), Chrome(language="en", path="/s/tok.en"))
    assert "/j/Paul" in page
    assert "/j/3" not in page
    assert "/j/4" not in page
    ended = renderer.render(links("Paul", ended=True), Chrome(language="en", path="/s/tok.en"))
    assert "/j/" not in ended
    assert 'method="post" action="/s/' not in ended


def test_forms_post_where_the_server_listens(renderer: Renderer) -> None:
    page = Page(renderer.render(links("Paul", done="revoked", done_id="g3"), Chrome(language="en", path="/")))
    actions = [form["action"] for form in page.all("form")]
    assert actions == [
        "/language",
        "/s/tok.en/guests/g3/restore",
        "/s/tok.en/guests/g1/renew",
        "/s/tok.en/guests/g1/revoke",
        "/s/tok.en/guests/g2/renew",
        "/s/tok.en/guests/g2/revoke",
        "/s/tok.en/guests/g3/restore",
    ]


def test_the_other_language_is_one_button_away(renderer: Renderer) -> None:
    page = Page(renderer.render(LandingView(), Chrome(language="fr", path="/start?a=1&b=2")))
    assert {"type": "hidden", "name": "next", "value": "/start?a=1&b=2"} in page.all("input")
    assert {"class": "button quiet", "name": "language", "value": "en", "lang": "en"} in page.all("button")


@pytest.mark.parametrize(
    ("name", "letters", "colour"),
    # web/client/person.test.ts holds the browser to the same figures.
    [
        ("Amina Traoré", "AT", 10),
        ("  Paul  van den Ngô ", "PN", 10),
        ("Łukasz", "Ł", 10),
        ("éloïse dupré", "ÉD", 2),
        ("李 小龍", "李小", 11),
        ("👩🏽‍🚀 Ada", "A", 2),
        ("(x) y", "Y", 11),
        ("", "?", 1),
        ("…", "?", 5),
    ],
)
def test_people_have_letters_and_a_colour(name: str, letters: str, colour: int) -> None:
    assert (initials(name), hue(name)) == (letters, colour)


def test_a_mail_ends_its_lines_as_mail_does() -> None:
    assert mail("a & b", "é\n?") == "mailto:?subject=a%20%26%20b&body=%C3%A9%0D%0A%3F"


def test_a_code_holds_a_long_link_and_no_markup() -> None:
    code = qr("https://meet.example/j/" + "a" * 400 + "<script>")
    assert code.startswith("<svg")
    assert "script" not in code
    assert "style" not in code
