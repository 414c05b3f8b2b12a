import { describe, expect, it } from "vitest";
import { retryDelay } from "./retry";

describe("retryDelay", () => {
  it("tries at once, then at growing distances", () => {
    expect([0, 1, 2, 3].map((attempt) => retryDelay(attempt, 0, 0))).toEqual([0, 300, 1_200, 2_700]);
  });

  it("meets a server that comes back within five seconds for the first two minutes", () => {
    for (let attempt = 4; attempt < 60; attempt++) {
      expect(retryDelay(attempt, 119_000, 0)).toBeLessThanOrEqual(2_700);
    }
  });

  it("slows down later, to every seven seconds", () => {
    expect(retryDelay(60, 300_000, 0)).toBe(4_800);
    expect(retryDelay(300, 900_000, 0)).toBe(7_000);
  });

  it("only ever shortens a wait by chance, and by a fifth at most", () => {
    expect(retryDelay(3, 0, 0.999)).toBeGreaterThan(2_700 * 0.8 - 1);
    expect(retryDelay(3, 0, 0.5)).toBe(2_430);
  });
});
