"""Markdown that coordinators write, as HTML that can do no harm: no HTML in it passes, no picture loads."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

# Links to "javascript:", "data:" and the like are refused by the library itself (validateLink).
_reader = MarkdownIt("commonmark", {"html": False}).disable("image")


def _heading(
    self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
) -> str:
    """A page has one first heading of its own: those of the text begin below it."""
    tokens[idx].tag = f"h{min(int(tokens[idx].tag[1]) + 1, 6)}" if tokens[idx].level == 0 else "h6"
    return self.renderToken(tokens, idx, options, env)


def _link(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    tokens[idx].attrSet("rel", "noopener noreferrer")
    return self.renderToken(tokens, idx, options, env)


for _name in ("heading_open", "heading_close"):
    _reader.add_render_rule(_name, _heading)
_reader.add_render_rule("link_open", _link)


def markdown(text: str) -> Markup:
    """The text as HTML, to be put inside a page."""
    return Markup(_reader.render(text))  # noqa: S704 - the library escapes what is not Markdown
