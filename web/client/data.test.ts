import { describe, expect, it } from "vitest";
import { moved, size, typedBudget, usedShare } from "./data";
import type { LadderNow } from "./protocol";

const now = (rung: LadderNow["rung"], reason: LadderNow["reason"] = null): LadderNow => ({
  type: "ladder",
  rung,
  pinned: null,
  reason,
});

describe("sizes", () => {
  it("are written as people do", () => {
    expect(size(44_200_000, "en")).toBe("44 MB");
    expect(size(4_420_000, "en")).toBe("4.4 MB");
    expect(size(1_580_000_000, "en")).toBe("1.6 GB");
    expect(size(44_200_000, "fr").replace(/\s/g, " ")).toBe("44 Mo");
  });
});

describe("a change of rung", () => {
  it("is told when the line or the budget made it", () => {
    expect(moved(now("720p"), now("360p", "line"))).toBe("rung.now.360p");
    expect(moved(now("360p", "line"), now("720p"))).toBe("rung.now.720p");
    expect(moved(now("360p"), now("speech", "budget"))).toBe("rung.now.speech");
  });

  it("is not told to who chose it, at first, or when there is none", () => {
    expect(moved(null, now("360p", "line"))).toBeNull();
    expect(moved(now("720p"), now("speech", "choice"))).toBeNull();
    expect(moved(now("360p", "line"), now("360p", "line"))).toBeNull();
    expect(moved({ ...now("speech"), pinned: "speech" }, now("720p"))).toBeNull();
  });
});

describe("a typed budget", () => {
  it("is whole megabytes, or nothing", () => {
    expect(["", "  ", "60", " 60 "].map(typedBudget)).toEqual([null, null, 60, 60]);
    expect(["0", "-1", "1.5", "many", "100001", "1e3"].map(typedBudget)).toEqual(Array(6).fill("wrong"));
  });
});

it("a budget is used up to the whole of it", () => {
  const usage = { type: "usage", sent: 10, received: 20, budget: 40, per_hour: 0, seconds: 0 } as const;
  expect(usedShare(usage)).toBe(0.75);
  expect(usedShare({ ...usage, received: 90 })).toBe(1);
  expect(usedShare({ ...usage, budget: null })).toBeNull();
});
