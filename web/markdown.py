"""Markdown that coordinators write, as HTML that can do no harm: no HTML in it passes, no picture loads."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markupsafe import Markup

# Links to "javascript:", "data:" and the like are refused by the library itself (validateLink).
_reader = MarkdownIt("commonmark", {"html": False}).disable("image")


def markdown(text: str, first: int = 2) -> Markup:
    """The text as HTML, to be put inside a page.

    Its highest heading becomes the page's ``first`` level: a page has one heading of its own above it.
    """
    env: dict[str, object] = {}
    tokens = _reader.parse(text, env)
    headings = [each for each in tokens if each.type in {"heading_open", "heading_close"}]
    highest = min((int(each.tag[1]) for each in headings), default=1)
    for each in headings:
        each.tag = f"h{min(int(each.tag[1]) - highest + first, 6)}"
    for token in tokens:
        for inside in token.children or ():
            if inside.type == "link_open":
                inside.attrSet("rel", "noopener noreferrer")
    html = _reader.renderer.render(tokens, _reader.options, env)
    return Markup(html)  # noqa: S704 - the library escapes what is not Markdown
