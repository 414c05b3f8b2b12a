/**
 * A textarea as a view of the shared text: keys go into the document, edits by others appear around the
 * caret. Edits are cut at boundaries of characters (`text.ts`). While an input method composes, what is
 * typed is shared as ever, but the textarea is not touched: that would end the composition.
 */

import type * as Y from "yjs";
import { Spans, type Step } from "./spans";
import { difference, type Edit, type Refusal, refusal, type Selected, wellFormed } from "./text";

type Direction = "forward" | "backward" | "none";

/** The part of HTMLTextAreaElement that is used. */
export interface TextField {
  value: string;
  selectionStart: number;
  selectionEnd: number;
  selectionDirection: Direction;
  setRangeText(text: string, start: number, end: number, mode: "preserve"): void;
  setSelectionRange(start: number, end: number, direction: Direction): void;
}

export class TextareaBinding {
  /** What the field shows, as far as the document has been told. */
  private shown: string;
  /** Present while the field is behind the document. */
  private behind: Spans | null = null;
  private composing = false;

  constructor(
    private readonly field: TextField,
    private readonly text: Y.Text,
    private readonly undo: Y.UndoManager,
  ) {
    this.shown = text.toString();
    field.value = this.shown;
    undo.addTrackedOrigin(this);
    text.observe(this.changed);
  }

  destroy(): void {
    this.text.unobserve(this.changed);
    this.undo.removeTrackedOrigin(this);
  }

  /** The field's value has changed by the person's hand. A refusal says why it was taken back. */
  input(): "same" | "shared" | Refusal {
    const edit = difference(this.shown, this.field.value, this.field.selectionEnd);
    if (!edit) return "same";
    const why = refusal(edit.insert.length, this.shown.length, this.field.value.length);
    if (why !== null) {
      this.field.setRangeText(
        this.shown.slice(edit.from, edit.to),
        edit.from,
        edit.from + edit.insert.length,
        "preserve",
      );
      return why;
    }
    this.share([edit]);
    this.shown = this.field.value;
    return "shared";
  }

  /** `compositionstart` (true) and `compositionend` (false). */
  compose(on: boolean): void {
    this.composing = on;
    if (on) return;
    this.input();
    if (this.shown !== this.text.toString()) this.show();
  }

  /** Where the caret is in the document, which may be ahead of the field. */
  selected(): Selected {
    const { selectionStart, selectionEnd, selectionDirection } = this.field;
    const [start, end] = [this.place(selectionStart), this.place(selectionEnd)];
    return selectionDirection === "backward" ? { anchor: end, head: start } : { anchor: start, head: end };
  }

  /** Changes the text by the person's command (a button, a key): edits first to last, then the selection. */
  command(edits: readonly Edit[], select: Selected): void {
    for (const { from, to, insert } of [...edits].reverse()) {
      this.field.setRangeText(insert, from, to, "preserve");
    }
    const backward = select.head < select.anchor;
    const [start, end] = backward ? [select.head, select.anchor] : [select.anchor, select.head];
    this.select(start, end, backward ? "backward" : "forward");
    this.share(edits);
    this.shown = this.field.value;
  }

  private place(shown: number): number {
    return this.behind ? this.behind.place(shown) : shown;
  }

  /** Brings edits of the field, first to last, into the document. */
  private share(edits: readonly Edit[]): void {
    this.text.doc?.transact(() => {
      for (const edit of [...edits].reverse()) {
        const { deletions, at } = this.behind?.local(edit) ?? {
          deletions: edit.to > edit.from ? [{ at: edit.from, length: edit.to - edit.from }] : [],
          at: edit.from,
        };
        for (const { at: start, length } of deletions) this.text.delete(start, length);
        // Half of a pair, typed alone, is U+FFFD to others until its other half follows and replaces it.
        if (edit.insert) this.text.insert(at, wellFormed(edit.insert));
      }
    }, this);
  }

  private readonly changed = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (transaction.origin === this) return;
    const delta = event.delta as Step[];
    this.behind ??= new Spans(this.shown.length);
    this.behind.remote(delta);
    if (this.composing) return;
    this.show();
    if (transaction.origin === this.undo) this.followUndo(delta);
  };

  /** Brings the field up to the document, with the caret where it was among the characters. */
  private show(): void {
    const { anchor, head } = this.selected();
    const backward = head < anchor;
    const text = this.text.toString();
    const edit = difference(this.field.value, text, 0);
    if (edit) this.field.setRangeText(edit.insert, edit.from, edit.to, "preserve");
    const [start, end] = backward ? [head, anchor] : [anchor, head];
    this.select(start, end, backward ? "backward" : "forward");
    this.shown = text;
    this.behind = null;
  }

  /** After an undo or redo the caret stands behind what came back, or where something went. */
  private followUndo(delta: readonly Step[]): void {
    let at = 0;
    let caret = 0;
    for (const step of delta) {
      if (step.retain !== undefined) at += step.retain;
      else if (typeof step.insert === "string") at += step.insert.length;
      if (step.retain === undefined) caret = at;
    }
    this.select(caret, caret, "none");
  }

  private select(start: number, end: number, direction: Direction): void {
    const { selectionStart, selectionEnd } = this.field;
    // Setting a selection can take the focus (Safari): only when it has to move.
    if (selectionStart !== start || selectionEnd !== end) {
      this.field.setSelectionRange(start, end, direction);
    }
  }
}
