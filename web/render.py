"""Draws pages: a Jinja environment that is strict and escapes everything, and the few words it knows."""

from __future__ import annotations

import io
import unicodedata
from datetime import UTC
from functools import partial
from typing import Any
from urllib.parse import quote

import msgspec
import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from signaling.parts import Language
from web.assets import Assets
from web.boxes import box_title, format_name, own
from web.i18n import LANGUAGES, NAMES, Translator, translator
from web.i18n import zone as zone_of
from web.markdown import markdown
from web.views import Bootstrap, Chrome, View
from web.views.letter import LetterView

HUES = 12
"""How many chip colours there are: the classes ``hue-0`` to ``hue-11``."""


def initials(name: str) -> str:
    """One or two letters for a person: the first of the first word and of the last; "?" for no letters."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return unicodedata.normalize("NFC", "".join(letters)).upper() or "?"


def hue(name: str) -> int:
    """The chip colour of a name, 0 to 11. The client computes the same (FNV-1a over code points, 32 bits)."""
    value = 0x811C9DC5
    for letter in name.strip():
        value = ((value ^ ord(letter)) * 0x01000193) & 0xFFFFFFFF
    return value % HUES


def qr(url: str, *, alone: bool = False) -> Markup:
    """A QR code as SVG, black on white whatever the theme: cameras expect it. Without a title.

    Inline, or ``alone`` as a file of its own.
    """
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=alone, omitsize=True, border=3, light="#fff", nl=False
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - made of modules, not of the text


def mail(subject: str, body: str) -> str:
    """A ``mailto:`` address without a recipient; lines end as RFC 6068, section 5, wants it."""
    lines = body.replace("\n", "\r\n")
    return f"mailto:?subject={quote(subject, safe='')}&body={quote(lines, safe='')}"


def bootstrap_json(bootstrap: Bootstrap, assets: Assets) -> Markup:
    """The room's JSON, safe inside ``<script type="application/json">``: no "<" is left in it."""
    fields = msgspec.to_builtins(bootstrap)
    fields["strings"] = assets.url(f"strings/{bootstrap.language}.json")
    text = msgspec.json.encode(fields).decode()
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - "<" was the only way out


class Renderer:
    """Turns views into HTML. Made once; safe to share."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self.inline_source = assets.inline_source
        """The only inline script that pages have, for their policy."""
        self._icons: dict[str, Markup] = {}
        self._environment = Environment(
            loader=PackageLoader("web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            asset=assets.url,
            preloads=assets.preloads,
            inline=Markup(assets.inline),  # noqa: S704 - ours, and esbuild leaves no end of a script in it
            icon=self._icon,
            initials=initials,
            hue=hue,
            mail=mail,
            languages=LANGUAGES,
            language_names=NAMES,
        )
        self._environment.filters.update(markdown=markdown, qr=qr, quote=lambda text: quote(text, safe=""))

    def asset(self, name: str) -> str:
        """The address of a built file. Raises AssetError."""
        return self._assets.url(name)

    def _icon(self, name: str) -> Markup:
        # A page of cards draws some dozens of them.
        found = self._icons.get(name)
        if found is None:
            href = f"{self._assets.url('icons.svg')}#{name}"
            found = Markup(
                '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>'
            ).format(href)
            self._icons[name] = found
        return found

    def render(self, view: View, chrome: Chrome) -> str:
        """The whole page.

        ``when`` writes an instant in the reader's zone, or in the one named. Raises TextError, AssetError
        or jinja2.TemplateError: faults of the program.
        """
        words: Translator = translator(chrome.language)
        mine = "" if chrome.person is None else chrome.person.zone
        context: dict[str, Any] = {
            "view": view,
            "chrome": chrome,
            "t": words.text,
            "instant": words.instant,
            "spoken": words.spoken,
            "when": lambda at_ms, zone="", **how: words.instant(at_ms, zone_of(zone or mine) or UTC, **how),
            "clock": lambda at_ms, zone="": words.clock(at_ms, zone_of(zone or mine) or UTC),
            "day": lambda at_ms, zone="": words.day(at_ms, zone_of(zone or mine) or UTC),
            "date": words.date,
            "weekday": words.weekday,
            "city": words.city,
            "own": partial(own, words),
            "box_title": partial(box_title, words),
            "format_name": partial(format_name, words),
            "bootstrap_json": self._bootstrap_json,
        }
        return self._environment.get_template(view.template).render(context)

    def letter(self, letter: LetterView, language: Language) -> str:
        """A letter as HTML. Raises jinja2.TemplateError: a fault of the program."""
        return self._environment.get_template("mail/letter.html").render(letter=letter, language=language)

    def _bootstrap_json(self, bootstrap: Bootstrap) -> Markup:
        return bootstrap_json(bootstrap, self._assets)
