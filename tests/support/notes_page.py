"""Notes in a real page, as a test tells them: open, write with either editor, read, wait until saved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from tests.support.browsers import Tab, until
from tests.support.chromium import ChromiumTab
from tests.support.notes_text import GRAPHEMES

Mode = Literal["rich", "plain"]
MODES: tuple[Mode, ...] = ("rich", "plain")

EDITOR = "[data-notes] .cm-content, [data-notes] textarea[data-notes-plain]"

_STATE = "document.querySelector('[data-notes-state]')?.dataset.notesState"

NO_DEVICES = """
(() => {
  // A person without camera and microphone: these tests are about text, and two cores are few.
  if (!navigator.mediaDevices) return;
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError') };
  navigator.mediaDevices.enumerateDevices = async () => [];
})();
"""

# What a hand does in the page, through the editors' own ways in: a CodeMirror transaction, or a changed
# value with its input event. Replacing an emoji by a similar one changes half a pair, as CodeMirror and
# textareas see it when an input method or a correction does it.
HAND = (
    """
(() => {
  const graphemes = GRAPHEMES;
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const notes = () => document.querySelector('[data-notes]');
  const field = () => notes()?.querySelector('textarea[data-notes-plain]') ?? null;
  const view = () => notes()?.querySelector('.cm-content')?.cmTile.root.view ?? null;
  const read = () => view()?.state.sliceDoc() ?? field()?.value ?? null;
  const replace = (from, to, insert) => {
    const editor = view();
    if (editor) {
      const selection = { anchor: from + insert.length };
      editor.dispatch({ changes: { from, to, insert }, selection, userEvent: 'input.type' });
      return;
    }
    field().setRangeText(insert, from, to, 'end');
    field().dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }));
  };
  const chance = (seed) => () => {
    seed = (seed + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const turn = () => new Promise((done) => setTimeout(done));
  const press = (name) => notes().querySelector(`[data-notes-tool="${name}"]`).click();

  async function one(random) {
    const text = read();
    const below = (most) => Math.floor(random() * most);
    const cut = (at) => (at < text.length ? segmenter.segment(text).containing(at).index : text.length);
    const words = () =>
      Array.from({ length: 1 + below(4) }, () => graphemes[below(graphemes.length)]).join('');
    const at = cut(below(text.length + 1));
    const dice = random();
    if (dice < 0.05 && field()) {
      const area = field();
      area.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
      let shown = 0;
      for (const stage of ['に', 'にほ', '日本']) {
        replace(at, at + shown, stage);
        shown = stage.length;
        await turn();
      }
      area.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    } else if (dice < 0.1) {
      press(random() < 0.6 ? 'undo' : 'redo');
    } else if (dice < 0.2 && text.includes('😀')) {
      const face = text.indexOf('😀', at) < 0 ? text.indexOf('😀') : text.indexOf('😀', at);
      if (view()) replace(face + 1, face + 2, '\\ude01');
      else replace(face, face + 2, '😁');
    } else if (dice < 0.42 && text.length > 0) {
      replace(at, Math.max(cut(Math.min(text.length, at + below(12))), at), random() < 0.3 ? words() : '');
    } else {
      replace(at, at, words());
    }
  }

  window.hand = {
    read,
    replace,
    field,
    view,
    async edit(seed, count) {
      const random = chance(seed);
      for (let done = 0, tries = 0; done < count; tries++) {
        const before = read();
        await one(random);
        if (read() !== before) done += 1;
        if (tries % 4 === 3) await turn();
        if (tries > 20 * count) throw new Error('the text does not change');
      }
      return read().length;
    },
  };
})();
"""
).replace("GRAPHEMES", json.dumps(GRAPHEMES), 1)


@dataclass
class NotesPage:
    """The notes of one person, in a page that has ``HAND`` among its init scripts."""

    tab: Tab

    async def arrive(self, link: str) -> None:
        """From a personal link into the room, the notes open and saved."""
        await self.tab.goto(link)
        await until(self.tab, "() => !!document.querySelector('#join')", what="the green room")
        await self.tab.click("#join")
        await self.in_room()
        await self.open()

    async def in_room(self) -> None:
        await until(
            self.tab,
            "() => !!document.querySelector('[data-view=\"room\"]') && compagnon.state.entered",
            what="in the room",
            report="() => document.body.innerText.slice(0, 1500)",
        )

    async def open(self) -> None:
        """Opens the notes panel, unless it is open, and waits until the text is there."""
        if not await self.tab.run("() => !!window.hand.read && hand.read() !== null"):
            await self.tab.click('button[data-control="notes"]')
        await self.saved()

    async def state(self) -> str:
        found = await self.tab.run(
            "() => document.querySelector('[data-notes-state]')?.dataset.notesState ?? ''"
        )
        assert isinstance(found, str)
        return found

    async def in_state(self, state: str, seconds: float = 15) -> None:
        await until(
            self.tab,
            f"s => {_STATE} === s && hand.read() !== null",
            state,
            seconds=seconds,
            what=f"the notes are {state}",
            report=f"() => [{_STATE}, document.body.innerText.slice(0, 1500)]",
        )

    async def saved(self, seconds: float = 15) -> None:
        await self.in_state("saved", seconds)

    async def text(self) -> str:
        """What the editor holds, whichever it is."""
        found = await self.tab.run("() => hand.read()")
        assert isinstance(found, str)
        return found

    async def says(self, words: str, seconds: float = 15) -> None:
        """Waits until the text contains ``words``."""
        await until(
            self.tab,
            "w => hand.read()?.includes(w)",
            words,
            seconds=seconds,
            what=f"the notes say {words!r}",
            report="() => hand.read()",
        )

    async def mode(self) -> Mode:
        return "plain" if await self.tab.run("() => !!hand.field()") else "rich"

    async def switch(self, mode: Mode) -> None:
        """Changes the editor by the menu, unless it is that one already."""
        if await self.mode() == mode:
            return
        await self.tab.click('[data-notes-tool="more"] > summary')
        await self.tab.click(f'[data-notes-mode="{mode}"]')
        await until(
            self.tab,
            "m => m === 'plain' ? !!hand.field() : !!hand.view()",
            mode,
            what=f"the {mode} editor",
        )

    async def edit(self, seed: int, count: int) -> None:
        """So many random edits that change something."""
        await self.tab.run("(seed, count) => hand.edit(seed, count)", seed, count)

    async def type(self, words: str) -> None:
        """With the keyboard, where the caret is."""
        if isinstance(self.tab, ChromiumTab):
            await self.tab.page.keyboard.type(words)
            return
        for character in words:
            await self.tab.press("Enter" if character == "\n" else character)
