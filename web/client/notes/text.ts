/**
 * Where text may be cut, and the smallest edit between two texts.
 *
 * Positions are UTF-16 code units, as in Y.Text, textareas and CodeMirror. A cut inside a surrogate pair
 * makes Yjs put U+FFFD in place of both halves, on the replica that cut only: replicas then differ. So
 * every edit that reaches the document is widened to boundaries found here.
 */

export interface Edit {
  from: number;
  /** End of what is taken away; equal to `from` for a pure insertion. */
  to: number;
  insert: string;
}

/** The longest insertion at once, in code units: at most 300 kB of an update's 1 MB. */
export const LONGEST_INSERT = 100_000;

/** UTF-16 units of all notes: three bytes each at most, and the server keeps 2 MB with all that was erased. */
export const LONGEST_TEXT = 500_000;

/** Why an edit is not taken: more than an update carries, or more than the notes hold. */
export type Refusal = "too-long" | "full";

/** Whether an edit that inserts so much, and takes the text from one length to another, is refused. */
export function refusal(inserted: number, before: number, after: number): Refusal | null {
  if (inserted > LONGEST_INSERT) return "too-long";
  return after > LONGEST_TEXT && after > before ? "full" : null;
}

/** The caret or selection: it began at `anchor` and moves at `head`. */
export interface Selected {
  anchor: number;
  head: number;
}

const JOINS_WHAT_PRECEDES = /^(?:\p{M}|\p{Emoji_Modifier}|\u{200d}|[\u{e0020}-\u{e007f}])/u;
const REGIONAL = /^\p{Regional_Indicator}$/u;
const ZERO_WIDTH_JOINER = 0x200d;

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** The code point that ends at `at` (exclusive), as text; empty at the start. */
function pointBefore(text: string, at: number): string {
  if (at <= 0) return "";
  const pair = at > 1 && isLow(text.charCodeAt(at - 1)) && isHigh(text.charCodeAt(at - 2));
  return text.slice(at - (pair ? 2 : 1), at);
}

/** True when a flag's second letter starts at `at`: an odd number of regional indicators comes before. */
function splitsFlag(text: string, at: number): boolean {
  if (!REGIONAL.test(String.fromCodePoint(text.codePointAt(at) ?? 0))) return false;
  let letters = 0;
  for (let i = at; i > 0; letters++) {
    const point = pointBefore(text, i);
    if (!REGIONAL.test(point)) break;
    i -= point.length;
  }
  return letters % 2 === 1;
}

/** True when cutting at `at` splits no surrogate pair, no combining or joined sequence, no flag. */
export function isBoundary(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return true;
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  // Nearly all notes are letters below U+0300, where nothing joins.
  if (before < 0x300 && after < 0x300) return true;
  if (isHigh(before) && isLow(after)) return false;
  if (before === ZERO_WIDTH_JOINER) return false;
  if (JOINS_WHAT_PRECEDES.test(text.slice(at, at + 2))) return false;
  return !splitsFlag(text, at);
}

/** The nearest boundary at or before `at`. */
export function boundaryBefore(text: string, at: number): number {
  let found = at;
  while (!isBoundary(text, found)) found--;
  return found;
}

/** The nearest boundary at or after `at`. */
export function boundaryAfter(text: string, at: number): number {
  let found = at;
  while (!isBoundary(text, found)) found++;
  return found;
}

/** Lone surrogates as U+FFFD, which is what Yjs would send in their place; same length. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Text as it may enter the document from a paste: well formed, line ends as one "\n". */
export function tidy(text: string): string {
  return wellFormed(text).replace(/\r\n?/g, "\n");
}

/**
 * The smallest edit from `before` to `after` that cuts at boundaries of both, or null when they are equal.
 *
 * `caret` is where the caret stands in `after`: among equal choices (an "a" typed into "aaa") the edit
 * that ends there is taken.
 */
export function difference(before: string, after: string, caret: number): Edit | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let tail = 0;
  const longestTail = Math.min(shorter, Math.max(0, after.length - caret));
  while (
    tail < longestTail &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++;
  }
  let head = 0;
  while (head < shorter - tail && before.charCodeAt(head) === after.charCodeAt(head)) head++;
  while (!isBoundary(before, head) || !isBoundary(after, head)) head--;
  while (!isBoundary(before, before.length - tail) || !isBoundary(after, after.length - tail)) tail--;
  return { from: head, to: before.length - tail, insert: after.slice(head, after.length - tail) };
}
