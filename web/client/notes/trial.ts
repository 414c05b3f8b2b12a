/** What the notes' own tests share: seeded chance, texts that are hard to cut, a textarea without a page. */

import type { TextField } from "./binding";

/** A seeded generator of numbers in [0, 1) (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

export function pick<T>(random: () => number, from: readonly T[]): T {
  const found = from[below(random, from.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

/** Characters of one to eleven code units: pairs, combining marks, joined emoji, flags, right-to-left. */
export const GRAPHEMES = [
  ..."aab \n-#*é日ß",
  "😀",
  "😁",
  "e\u0301",
  "n\u0303\u0323",
  "👩🏽‍🚀",
  "👨‍👩‍👧‍👦",
  "🇨🇦",
  "🇨🇭",
  "👍🏿",
  "❤️",
  "ש\u05b8",
  "क्षि",
  "𝔘",
];

export const someText = (random: () => number, most: number): string =>
  Array.from({ length: 1 + below(random, most) }, () => pick(random, GRAPHEMES)).join("");

/** HTMLTextAreaElement as far as the binding goes, after the HTML standard's setRangeText("preserve"). */
export class Field implements TextField {
  selectionStart = 0;
  selectionEnd = 0;
  selectionDirection: "forward" | "backward" | "none" = "none";
  /** How often the value was written by the program: never while composing. */
  writes = 0;
  private text = "";

  get value(): string {
    return this.text;
  }

  set value(text: string) {
    this.text = text;
    this.setSelectionRange(text.length, text.length, "none");
  }

  setRangeText(text: string, start: number, end: number): void {
    this.writes += 1;
    const moved = (at: number): number => (at > end ? at + text.length - (end - start) : Math.min(at, start));
    const [from, to] = [moved(this.selectionStart), moved(this.selectionEnd)];
    this.text = this.text.slice(0, start) + text + this.text.slice(end);
    this.setSelectionRange(from, to, this.selectionDirection);
  }

  setSelectionRange(start: number, end: number, direction: "forward" | "backward" | "none"): void {
    this.selectionStart = Math.min(start, this.text.length);
    this.selectionEnd = Math.min(end, this.text.length);
    this.selectionDirection = direction;
  }

  /** What a person does: replaces [from, to) by `insert`, the caret after it. */
  type(from: number, to: number, insert: string): void {
    this.text = this.text.slice(0, from) + insert + this.text.slice(to);
    this.setSelectionRange(from + insert.length, from + insert.length, "none");
  }
}
