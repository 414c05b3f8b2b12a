import { describe, expect, it } from "vitest";
import { boundaryAfter, boundaryBefore, difference, isBoundary, tidy, wellFormed } from "./text";
import { below, chance, GRAPHEMES, someText } from "./trial";

describe("boundaries", () => {
  it.each(GRAPHEMES.filter((grapheme) => grapheme.length > 1))("never fall inside %j", (grapheme) => {
    const text = `a${grapheme}b`;
    const inside = Array.from({ length: grapheme.length - 1 }, (_, i) => i + 2);
    // The conjunct of three consonants is one shape but may be cut between letters, as browsers do.
    const cuttable = grapheme === "क्षि" ? [3] : [];
    expect(inside.filter((at) => isBoundary(text, at))).toEqual(cuttable);
    expect(isBoundary(text, 1)).toBe(true);
    expect(isBoundary(text, 1 + grapheme.length)).toBe(true);
  });

  it("keep two flags apart", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].filter((at) => isBoundary("🇨🇦🇨🇭", at))).toEqual([0, 4, 8]);
  });

  it("are found on both sides", () => {
    expect(boundaryBefore("a👩🏽‍🚀b", 4)).toBe(1);
    expect(boundaryAfter("a👩🏽‍🚀b", 4)).toBe(8);
    expect(boundaryBefore("ab", 1)).toBe(1);
  });
});

describe("difference", () => {
  it("is null between equal texts", () => {
    expect(difference("é😀", "é😀", 0)).toBeNull();
  });

  it("takes a whole pair when only its second half differs", () => {
    expect(difference("x😀y", "x😁y", 3)).toEqual({ from: 1, to: 3, insert: "😁" });
  });

  it("takes the base letter along with its mark", () => {
    expect(difference("e\u0301t", "e\u0300t", 2)).toEqual({ from: 0, to: 2, insert: "e\u0300" });
  });

  it("ends at the caret where the text alone does not say which letter is new", () => {
    expect(difference("aaa", "aaaa", 2)).toEqual({ from: 1, to: 1, insert: "a" });
    expect(difference("aaa", "aaaa", 4)).toEqual({ from: 3, to: 3, insert: "a" });
    expect(difference("aaaa", "aaa", 1)).toEqual({ from: 1, to: 2, insert: "" });
  });

  it("turns one text into the other and cuts both at boundaries, whatever they are", () => {
    const random = chance(1);
    for (let i = 0; i < 3_000; i++) {
      const before = someText(random, 12);
      const from = below(random, before.length + 1);
      const to = from + below(random, before.length - from + 1);
      const after = before.slice(0, from) + (random() < 0.5 ? someText(random, 3) : "") + before.slice(to);
      const edit = difference(before, after, below(random, after.length + 1));
      if (!edit) {
        expect(after).toBe(before);
        continue;
      }
      expect(before.slice(0, edit.from) + edit.insert + before.slice(edit.to)).toBe(after);
      expect([edit.from, edit.to].every((at) => isBoundary(before, at))).toBe(true);
    }
  });
});

describe("tidy", () => {
  it("mends lone halves of pairs and foreign line ends", () => {
    expect(wellFormed("a\ud83db\ude00😀")).toBe("a\ufffdb\ufffd😀");
    expect(tidy("a\r\nb\rc\n")).toBe("a\nb\nc\n");
  });
});
