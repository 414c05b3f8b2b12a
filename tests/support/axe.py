"""The axe engine in a page: what it finds, said so that a person can mend it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.support.browsers import Tab

SOURCE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _engine() -> str:
    return SOURCE.read_text()


async def faults(tab: Tab) -> list[str]:
    """Every violation as ``rule: help: the nodes at fault``; empty when axe finds nothing."""
    # Evaluated by the driver, not by the page: the page's policy allows no foreign script.
    await tab.run(f"() => {{ {_engine()}\n; return true }}")
    found = await tab.run(
        """async (tags) => {
          const result = await axe.run(document, { runOnly: { type: 'tag', values: tags } });
          return result.violations.map(v => `${v.id}: ${v.help}: ` +
            v.nodes.map(n => `${n.target.join(' ')} (${n.any[0]?.message ?? n.failureSummary})`).join('; '));
        }""",
        TAGS,
    )
    assert isinstance(found, list)
    return found


async def overflow(tab: Tab) -> list[str]:
    """What sticks out sideways: empty when nothing makes the page scroll horizontally."""
    found = await tab.run(
        """() => {
          const root = document.scrollingElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          return [`${root.scrollWidth} > ${root.clientWidth}`, ...[...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > root.clientWidth + 0.5)
            .slice(0, 8).map(e => e.outerHTML.slice(0, 120))];
        }"""
    )
    assert isinstance(found, list)
    return found


async def out_of_reach(tab: Tab) -> list[str]:
    """Controls that no scrolling brings into sight, or that lie under something else for good.

    While a dialog is open, or a panel over a narrow page, what counts is that.
    """
    found = await tab.run(
        """() => {
          const panel = document.querySelector('.panel:not([hidden])');
          const sheet = panel && panel.getBoundingClientRect().width >= innerWidth - 1 ? panel : document;
          const within = document.querySelector('dialog[open]') ?? sheet;
          const lost = [];
          const tag = (each) => each?.outerHTML.replace(/\\s+/g, ' ').slice(0, 100);
          for (const e of within.querySelectorAll('button, input, select, textarea, a[href], summary')) {
            const shown = { checkVisibilityCSS: true, contentVisibilityAuto: true, opacityProperty: true };
            if (!e.checkVisibility(shown) || e.disabled || e.matches('.skip:not(:focus)')) continue;
            if (e.closest('[inert], details:not([open]) > :not(summary)')) continue;
            if (e.getBoundingClientRect().width < 2) continue;
            e.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
            const { left, top, width, height } = e.getBoundingClientRect();
            const [x, y] = [left + width / 2, top + height / 2];
            const there = document.elementFromPoint(x, y);
            const label = e.labels?.[0];
            const wide = [...e.children].find((child) =>
              child.checkVisibility(shown) && getComputedStyle(child).clipPath === 'none' &&
              child.getBoundingClientRect().width > width + 1);
            if (wide) lost.push(`${tag(wide)} is wider than ${tag(e)}`);
            if (there && (e.contains(there) || there.contains(e) || label?.contains(there))) continue;
            // What a person opened themself lies over the rest until they close it; toasts go by themselves.
            const over = there?.closest('.menu-list, .agenda, .toast, .banner');
            if (over && !over.contains(e)) continue;
            lost.push(`${tag(e)} at ${Math.round(x)},${Math.round(y)}, under ${tag(there)}`);
          }
          return lost;
        }"""
    )
    assert isinstance(found, list)
    return found
