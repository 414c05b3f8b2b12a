"""What coordinators write becomes a page and nothing else."""

from __future__ import annotations

import pytest

from web.markdown import markdown


def test_headings_begin_below_the_pages_own() -> None:
    assert markdown("## One\n\n### Two") == "<h2>One</h2>\n<h3>Two</h3>\n"
    assert markdown("# One", first=3) == "<h3>One</h3>\n"
    assert "<h6>" in markdown("# a\n\n###### b", first=4)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.example/x.png)",
        '[x](https://example.org "&quot; onclick=&quot;alert(1)")',
        "<a href='javascript:alert(1)'>x</a>",
    ],
)
def test_nothing_in_a_text_runs_or_loads(text: str) -> None:
    html = markdown(text)
    for harm in ("<script", "<img", 'href="javascript:', 'href="data:', '" onclick', "<a href='"):
        assert harm not in html


def test_links_lead_out_without_telling_where_from() -> None:
    html = markdown("[here](https://example.org)")
    assert html == '<p><a href="https://example.org" rel="noopener noreferrer">here</a></p>\n'
