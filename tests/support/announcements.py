"""What a page says to screen readers: every sentence of its live region, in order, from the first on."""

from __future__ import annotations

from tests.support.call import Person

LISTENS = """
(() => {
  window.spoken = [];
  new MutationObserver((changes) => {
    if (!changes.some(({ target }) => (target.parentElement ?? target).closest?.('[data-live]')
      || target.closest?.('[data-live]'))) return;
    const text = document.querySelector('[data-live]')?.textContent.replace(/\\u00a0$/, '');
    if (text) spoken.push(text);
  }).observe(document, { subtree: true, childList: true, characterData: true });
})();
"""
"""An init script that keeps what is said; a sentence that waits for another is kept when it is said."""


async def told(person: Person, words: str, seconds: float = 15) -> None:
    """Waits until a sentence with these words was said on a page with ``LISTENS``; forgets those before."""
    await person.until(
        "w => { const at = spoken.findIndex(each => each.includes(w));"
        " if (at >= 0) spoken.splice(0, at + 1); return at >= 0; }",
        words,
        seconds=seconds,
        what=f"{person.name} is told “{words}”",
    )
