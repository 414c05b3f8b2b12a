/**
 * Which characters of a text that is being shown still stand in the document, and where.
 *
 * A textarea must not be touched while an input method composes, so edits by others wait; until they are
 * shown, a position on screen is not the position in the document. Spans translate between the two.
 */

import type { Edit } from "./text";

/** A run of characters that is the same on screen (from `shown`) and in the document (from `at`). */
interface Span {
  shown: number;
  at: number;
  length: number;
}

/** A step of a Y.Text delta, as far as plain text goes. */
export interface Step {
  retain?: number;
  insert?: unknown;
  delete?: number;
}

export class Spans {
  private spans: Span[];

  /** Begins with a screen and a document that are equal. */
  constructor(length: number) {
    this.spans = length > 0 ? [{ shown: 0, at: 0, length }] : [];
  }

  /** Where in the document a position on screen is: after the nearest surviving character before it. */
  place(shown: number): number {
    let place = 0;
    for (const span of this.spans) {
      if (span.shown >= shown) break;
      place = span.at + Math.min(span.length, shown - span.shown);
    }
    return place;
  }

  /** What of [from, to) on screen still stands in the document: pieces of it, first to last. */
  surviving(from: number, to: number): { at: number; length: number }[] {
    const pieces: { at: number; length: number }[] = [];
    for (const span of this.spans) {
      const start = Math.max(from, span.shown);
      const end = Math.min(to, span.shown + span.length);
      if (start < end) pieces.push({ at: span.at + start - span.shown, length: end - start });
    }
    return pieces;
  }

  /** Somebody else changed the document; the screen stays as it is. */
  remote(delta: readonly Step[]): void {
    let at = 0;
    for (const step of delta) {
      if (step.retain !== undefined) {
        at += step.retain;
      } else if (typeof step.insert === "string") {
        this.splitAt(at);
        this.shift(at, step.insert.length);
        at += step.insert.length;
      } else if (step.delete !== undefined) {
        const end = at + step.delete;
        this.splitAt(at);
        this.splitAt(end);
        this.spans = this.spans.filter((span) => span.at < at || span.at >= end);
        this.shift(end, -step.delete);
      }
    }
  }

  /**
   * This person changed the screen: tells what to do to the document (deletions last to first, then the
   * insertion) and takes it as done.
   */
  local({ from, to, insert }: Edit): { deletions: { at: number; length: number }[]; at: number } {
    const deletions = this.surviving(from, to).reverse();
    // Order is the same on both sides, so nothing of [from, to) stands before the place of `from`.
    const at = this.place(from);
    for (const { at: start, length } of deletions) {
      const end = start + length;
      this.splitAt(start);
      this.splitAt(end);
      this.spans = this.spans.filter((span) => span.at < start || span.at >= end);
      this.shift(end, -length);
    }
    this.splitAt(at);
    const shownBy = insert.length - (to - from);
    for (const span of this.spans) {
      if (span.shown >= from) span.shown += shownBy;
      if (span.at >= at) span.at += insert.length;
    }
    if (insert.length > 0) {
      this.spans.push({ shown: from, at, length: insert.length });
      this.spans.sort((a, b) => a.at - b.at);
    }
    return { deletions, at };
  }

  /** Moves what stands at `from` or after it in the document. */
  private shift(from: number, by: number): void {
    for (const span of this.spans) {
      if (span.at >= from) span.at += by;
    }
  }

  private splitAt(at: number): void {
    const index = this.spans.findIndex((span) => span.at < at && at < span.at + span.length);
    const span = this.spans[index];
    if (!span) return;
    const head = at - span.at;
    const tail = { shown: span.shown + head, at, length: span.length - head };
    this.spans.splice(index, 1, { ...span, length: head }, tail);
  }
}
