"""Markdown that coordinators write, as HTML that can do no harm: no HTML in it passes, no picture loads."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markupsafe import Markup

# Links to "javascript:", "data:" and the like are refused by the library itself (validateLink).
_reader = MarkdownIt("commonmark", {"html": False}).disable("image")


_box = re.compile(r"\[([ xX])\] +")
_with_tables = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def markdown(text: str, first: int = 2, *, tables: bool = False) -> Markup:
    """The text as HTML, to be put inside a page.

    Its highest heading becomes the page's ``first`` level: a page has one heading of its own above it.
    """
    env: dict[str, object] = {}
    reader = _with_tables if tables else _reader
    tokens = reader.parse(text, env)
    headings = [each for each in tokens if each.type in {"heading_open", "heading_close"}]
    highest = min((int(each.tag[1]) for each in headings), default=1)
    for each in headings:
        each.tag = f"h{min(int(each.tag[1]) - highest + first, 6)}"
    for token in tokens:
        for inside in token.children or ():
            if inside.type == "link_open":
                inside.attrSet("rel", "noopener noreferrer")
        first_words = token.children[0] if token.children else None
        if first_words is not None and (box := _box.match(first_words.content)):
            # A list of actions: what is done is ticked.
            first_words.content = f"{'☐' if box[1] == ' ' else '☑'} {first_words.content[box.end() :]}"
    html = reader.renderer.render(tokens, reader.options, env)
    return Markup(html)  # noqa: S704 - the library escapes what is not Markdown
