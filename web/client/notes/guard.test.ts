import { EditorState } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { guard } from "./guard";
import { LONGEST_INSERT, LONGEST_TEXT } from "./text";

function edit(doc: string, from: number, to: number, insert: string, caret?: number) {
  let refused: string | null = null;
  const state = EditorState.create({
    doc,
    extensions: guard((why) => {
      refused = why;
    }),
  });
  const transaction = state.update({
    changes: { from, to, insert },
    ...(caret === undefined ? {} : { selection: { anchor: caret } }),
  });
  const changed: [number, number, string][] = [];
  transaction.changes.iterChanges((a, b, _fromB, _toB, text) => changed.push([a, b, text.toString()]));
  return { text: transaction.newDoc.toString(), caret: transaction.newSelection.main.head, changed, refused };
}

describe("guard", () => {
  it("lets ordinary edits pass as they are", () => {
    expect(edit("ab\ncd", 1, 4, "x", 2)).toEqual({
      text: "axd",
      caret: 2,
      changed: [[1, 4, "x"]],
      refused: null,
    });
  });

  it("replaces a pair whole when only its second half is new", () => {
    expect(edit("x😀y", 2, 3, "\ude01", 3)).toEqual({
      text: "x😁y",
      caret: 3,
      changed: [[1, 3, "😁"]],
      refused: null,
    });
  });

  it("sees through an insertion in the middle of a pair", () => {
    expect(edit("😁", 1, 1, "\ude00\ud83d", 2)).toEqual({
      text: "😀😁",
      caret: 2,
      changed: [[0, 2, "😀😁"]],
      refused: null,
    });
  });

  it("mends lone halves and foreign line ends", () => {
    expect(edit("ab", 1, 1, "\ud83d").text).toBe("a\ufffdb");
    expect(edit("ab", 1, 1, "1\r\n2\r3")).toMatchObject({ text: "a1\n2\n3b", caret: 6 });
  });

  it("keeps a base letter and its mark in one edit", () => {
    expect(edit("ne\u0301e", 2, 3, "\u0300").changed).toEqual([[1, 3, "e\u0300"]]);
  });

  it("refuses what no update could carry, and says so", () => {
    const long = "x".repeat(LONGEST_INSERT + 1);
    expect(edit("ab", 1, 1, long)).toMatchObject({ text: "ab", refused: "too-long" });
    expect(edit("ab", 1, 1, "x".repeat(LONGEST_INSERT)).refused).toBeNull();
  });

  it("refuses what would fill the notes beyond what the server keeps, but takes out what there is", () => {
    const full = "x".repeat(LONGEST_TEXT);
    expect(edit(full, 1, 1, "y")).toMatchObject({ text: full, refused: "full" });
    expect(edit(full, 1, 2, "y").refused).toBeNull();
    expect(edit(`${full}xx`, 0, 2, "y").refused).toBeNull();
  });
});
