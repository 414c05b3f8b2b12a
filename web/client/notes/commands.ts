/** What the toolbar and a few keys do to Markdown: pure, the same in the editor and in the textarea. */

import type { Edit, Selected } from "./text";

export interface Change {
  /** First to last, in the text as it was. */
  edits: Edit[];
  /** The selection afterwards. */
  select: Selected;
}

/** Null: nothing to do here, the key keeps its usual meaning. */
export type Command = (text: string, selected: Selected) => Change | null;

interface Line {
  from: number;
  text: string;
}

const HEADING = /^(#{1,6}) +/;
const ITEM = /^(\s*)([-*+]|(\d{1,9})([.)])) +(\[[ xX]\] +)?/;
const ACTION = /^(\s*)[-*+] +\[([ xX])\] +/;

function lineAt(text: string, at: number): Line {
  const from = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return { from, text: text.slice(from, end < 0 ? text.length : end) };
}

function lines(text: string, { anchor, head }: Selected): Line[] {
  const [start, end] = [Math.min(anchor, head), Math.max(anchor, head)];
  const found = [lineAt(text, start)];
  for (let last = found[0]; last; ) {
    const next: number = last.from + last.text.length + 1;
    // A selection that ends right before a line does not mean that line.
    if (next > text.length || next >= end) break;
    last = lineAt(text, next);
    found.push(last);
  }
  const written = found.filter((line) => line.text.trim() !== "");
  return written.length > 0 ? written : found.slice(0, 1);
}

/** Where a position ends up: behind what is inserted at it. */
function follow(edits: readonly Edit[], at: number): number {
  let by = 0;
  for (const { from, to, insert } of edits) {
    if (from > at) break;
    by += insert.length - (Math.min(to, at) - from);
  }
  return at + by;
}

function change(edits: Edit[], selected: Selected): Change {
  return {
    edits,
    select: { anchor: follow(edits, selected.anchor), head: follow(edits, selected.head) },
  };
}

/** Replaces what stands before the words of a line, keeping the words. */
function lead(line: Line, old: string, fresh: string): Edit {
  return { from: line.from, to: line.from + old.length, insert: fresh };
}

/** Turns lines into second-level headings, or back when all are headings. */
export const heading: Command = (text, selected) => {
  const chosen = lines(text, selected);
  const all = chosen.every((line) => HEADING.test(line.text));
  return change(
    chosen.map((line) => lead(line, HEADING.exec(line.text)?.[0] ?? "", all ? "" : "## ")),
    selected,
  );
};

/** Turns lines into list items, or back when all are items; an action item becomes a plain one first. */
export const list: Command = (text, selected) => {
  const chosen = lines(text, selected);
  const all = chosen.every((line) => ITEM.test(line.text) && !ACTION.test(line.text));
  return change(
    chosen.map((line) => {
      const item = ITEM.exec(line.text);
      const indent = item?.[1] ?? "";
      return lead(line, item?.[0] ?? "", indent + (all ? "" : "- "));
    }),
    selected,
  );
};

/**
 * Turns lines into action items of `owner`, `- [ ] @owner …`; an item that has another owner (one of
 * `names`) changes hands.
 */
export const action =
  (owner: string, names: readonly string[]): Command =>
  (text, selected) =>
    change(
      lines(text, selected).map((line) => {
        const item = ITEM.exec(line.text);
        const marker = item?.[0] ?? "";
        const had = ownerAt(line.text, marker.length, names);
        const done = /\[[xX]\]/.test(item?.[5] ?? "") ? "x" : " ";
        const old = marker + line.text.slice(marker.length, had ? had.end : marker.length);
        return lead(line, old, `${item?.[1] ?? ""}- [${done}] @${owner} `);
      }),
      selected,
    );

const DECISION = /^\s*(?:[-*+] +)?(?:\*\*)?(?:decision|décision)(?:\*\*)?\s*:(?:\*\*)?\s*/iu;

/** Turns lines into decisions, which begin with `lead` ("Decision: "), or back when all are decisions. */
export const decision =
  (begins: string): Command =>
  (text, selected) => {
    const chosen = lines(text, selected);
    const all = chosen.every((line) => DECISION.test(line.text));
    return change(
      chosen.map((line) => {
        const old = DECISION.exec(line.text)?.[0] ?? ITEM.exec(line.text)?.[0] ?? "";
        return lead(line, old, all ? "" : begins);
      }),
      selected,
    );
  };

/** The longest of `names` that is written as `@name` at `at`; `end` is behind it and the spaces after it. */
export function ownerAt(
  line: string,
  at: number,
  names: readonly string[],
): { name: string; end: number } | null {
  if (line[at] !== "@") return null;
  const rest = line.slice(at + 1);
  const fits = names.filter(
    (name) => rest.startsWith(name) && !/^[\p{L}\p{N}]/u.test(rest.slice(name.length)),
  );
  const name = fits.sort((a, b) => b.length - a.length)[0];
  if (name === undefined) return null;
  const after = rest.slice(name.length);
  return { name, end: at + 1 + name.length + after.length - after.trimStart().length };
}

/** Where a line is an action item: the place of its box, whether it is done, where its words begin. */
export function actionItem(line: string): { box: number; done: boolean; words: number } | null {
  const found = ACTION.exec(line);
  if (!found) return null;
  return { box: line.indexOf("["), done: found[2] !== " ", words: found[0].length };
}

/** Marks the chosen action items as done, or as open when all are done. */
export const toggleDone: Command = (text, selected) => {
  const items = lines(text, selected).flatMap((line) => {
    const item = actionItem(line.text);
    return item ? [{ at: line.from + item.box + 1, done: item.done }] : [];
  });
  if (items.length === 0) return null;
  const all = items.every((item) => item.done);
  return {
    edits: items.map(({ at }) => ({ from: at, to: at + 1, insert: all ? " " : "x" })),
    select: selected,
  };
};

/** Makes the selection bold, or plain when it is bold; without a selection, the word at the caret. */
export const bold: Command = (text, selected) => {
  const [start, end] =
    selected.anchor === selected.head
      ? wordAt(text, selected.head)
      : [Math.min(selected.anchor, selected.head), Math.max(selected.anchor, selected.head)];
  if (text.slice(start - 2, start) === "**" && text.slice(end, end + 2) === "**") {
    const edits = [
      { from: start - 2, to: start, insert: "" },
      { from: end, to: end + 2, insert: "" },
    ];
    return change(edits, selected);
  }
  const inner = text.slice(start, end);
  if (inner.length > 4 && inner.startsWith("**") && inner.endsWith("**")) {
    const edits = [
      { from: start, to: start + 2, insert: "" },
      { from: end - 2, to: end, insert: "" },
    ];
    return change(edits, selected);
  }
  const edits = [
    { from: start, to: start, insert: "**" },
    { from: end, to: end, insert: "**" },
  ];
  const inside = (at: number): number => at + 2;
  return { edits, select: { anchor: inside(selected.anchor), head: inside(selected.head) } };
};

function wordAt(text: string, at: number): [number, number] {
  const before = /[\p{L}\p{N}\p{M}]*$/u.exec(text.slice(Math.max(0, at - 100), at))?.[0].length ?? 0;
  const after = /^[\p{L}\p{N}\p{M}]*/u.exec(text.slice(at, at + 100))?.[0].length ?? 0;
  return [at - before, at + after];
}

/** Enter: carries a list on, or ends it on an empty item. */
export const newline: Command = (text, { anchor, head }) => {
  if (anchor !== head) return null;
  const line = lineAt(text, head);
  const item = ITEM.exec(line.text);
  const marker = item?.[0] ?? "";
  if (!item || head < line.from + marker.length) return null;
  if (line.text.trim() === marker.trim()) {
    return change([{ from: line.from, to: line.from + line.text.length, insert: "" }], { anchor, head });
  }
  const [, indent = "", bullet = "", number, dot] = item;
  const next = number === undefined ? bullet : `${Number(number) + 1}${dot ?? ""}`;
  const insert = `\n${indent}${next} ${item[5] ? "[ ] " : ""}`;
  return change([{ from: head, to: head, insert }], { anchor, head });
};
