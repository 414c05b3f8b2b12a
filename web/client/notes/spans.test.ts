import { describe, expect, it } from "vitest";
import { Spans } from "./spans";
import { below, chance } from "./trial";

describe("spans", () => {
  it("find every character that is left, and only those, whatever both sides do", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = chance(seed);
      let next = 0;
      const fresh = (count: number): number[] => Array.from({ length: count }, () => next++);
      // Every character is a number of its own, so that none can pass for another.
      const shown = fresh(below(random, 20));
      const stored = [...shown];
      const spans = new Spans(shown.length);
      for (let step = 0; step < 30; step++) {
        const side = random() < 0.5 ? shown : stored;
        const from = below(random, side.length + 1);
        const length = random() < 0.5 ? 0 : below(random, Math.min(6, side.length - from) + 1);
        const added = fresh(random() < 0.7 ? below(random, 5) : 0);
        const insert = "x".repeat(added.length);
        if (side === stored) {
          stored.splice(from, length, ...added);
          spans.remote([{ retain: from }, { insert }, { delete: length }]);
        } else {
          const { deletions, at } = spans.local({ from, to: from + length, insert });
          for (const { at: start, length: count } of deletions) stored.splice(start, count);
          const before = shown.slice(0, from).filter((id) => stored.includes(id));
          expect(at).toBe(before.length > 0 ? stored.indexOf(before[before.length - 1] ?? -1) + 1 : 0);
          stored.splice(at, 0, ...added);
          shown.splice(from, length, ...added);
        }
        const found = shown.flatMap((_, at) => spans.surviving(at, at + 1).map((piece) => stored[piece.at]));
        expect(found, `seed ${seed}, step ${step}`).toEqual(shown.filter((id) => stored.includes(id)));
      }
    }
  });
});
