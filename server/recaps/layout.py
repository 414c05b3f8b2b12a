"""Markdown as a tree that the press sets: plain data, so that nobody's text is ever read as a program.

A block is a mapping with ``kind``: heading (level, inline), paragraph (inline), list (ordered, start, items
of blocks), quote (blocks), code (text), table (head, rows of inlines; align), rule. An inline is a mapping
with ``kind``: text, strong, emphasis, code, link (url), box (done), break.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Node = dict[str, Any]

DEEPEST = 20
"""Lists and quotes in one another; what is deeper is set at this depth."""

# The library leaves out what is nested deeper than its own limit: ours comes first.
_reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 400}).enable("table").disable("image")
_box = re.compile(r"^\[([ xX])\] +")


def blocks(text: str) -> list[Node]:
    """The tree of a document."""
    return _blocks(SyntaxTreeNode(_reader.parse(text)).children, 0)


def _blocks(nodes: Iterable[SyntaxTreeNode], depth: int) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        found += _block(node, depth)
    return found


def _block(node: SyntaxTreeNode, depth: int) -> list[Node]:
    match node.type:
        case "heading":
            return [{"kind": "heading", "level": int(node.tag[1]), "inline": _inline(node.children)}]
        case "paragraph":
            return [{"kind": "paragraph", "inline": _inline(node.children)}]
        case "bullet_list" | "ordered_list" if depth < DEEPEST:
            return [
                {
                    "kind": "list",
                    "ordered": node.type == "ordered_list",
                    "start": int(node.attrs.get("start", 1)),
                    "items": [_blocks(item.children, depth + 1) for item in node.children],
                }
            ]
        case "bullet_list" | "ordered_list":
            return [each for item in node.children for each in _blocks(item.children, depth)]
        case "blockquote" if depth < DEEPEST:
            return [{"kind": "quote", "blocks": _blocks(node.children, depth + 1)}]
        case "blockquote":
            return _blocks(node.children, depth)
        case "fence" | "code_block":
            return [{"kind": "code", "text": node.content.rstrip("\n")}]
        case "table":
            return [_table(node)]
        case "hr":
            return [{"kind": "rule"}]
        case _:
            return [{"kind": "paragraph", "inline": [{"kind": "text", "text": node.content}]}]


def _table(node: SyntaxTreeNode) -> Node:
    rows = [row.children for part in node.children for row in part.children]
    head = rows[0]
    return {
        "kind": "table",
        "align": ["right" if "right" in str(cell.attrs.get("style", "")) else "left" for cell in head],
        "head": [_inline(cell.children) for cell in head],
        "rows": [[_inline(cell.children) for cell in row] for row in rows[1:]],
    }


def _inline(nodes: Sequence[SyntaxTreeNode]) -> list[Node]:
    found = [each for node in nodes for each in _span(node)]
    if found and found[0]["kind"] == "text" and (box := _box.match(found[0]["text"])):
        rest = {"kind": "text", "text": found[0]["text"][box.end() :]}
        return [{"kind": "box", "done": box[1] != " "}, rest, *found[1:]]
    return found


def _span(node: SyntaxTreeNode) -> list[Node]:
    inside = [each for child in node.children for each in _span(child)]
    match node.type:
        case "inline":
            return inside
        case "strong":
            return [{"kind": "strong", "inline": inside}]
        case "em":
            return [{"kind": "emphasis", "inline": inside}]
        case "link":
            return [{"kind": "link", "url": str(node.attrs.get("href", "")), "inline": inside}]
        case "code_inline":
            return [{"kind": "code", "text": node.content}]
        case "softbreak":
            return [{"kind": "text", "text": " "}]
        case "hardbreak":
            return [{"kind": "break"}]
        case _:
            return [{"kind": "text", "text": node.content}]
