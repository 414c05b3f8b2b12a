import { describe, expect, it } from "vitest";
import { Restarts } from "./restarts";

describe("Restarts", () => {
  it("allows the first at once, and the next after pauses that grow up to a bound", () => {
    const restarts = new Restarts();
    let now = 5_000;
    expect(restarts.due(now)).toBe(true);
    restarts.made(now);
    for (const pause of [2_000, 4_000, 8_000, 16_000, 16_000]) {
      expect(restarts.due(now + pause - 1)).toBe(false);
      now += pause;
      expect(restarts.due(now)).toBe(true);
      restarts.made(now);
    }
  });

  it("begins anew after a calm time", () => {
    const restarts = new Restarts();
    for (const now of [0, 2_000, 6_000]) restarts.made(now);
    restarts.made(60_000);
    expect(restarts.due(61_999)).toBe(false);
    expect(restarts.due(62_000)).toBe(true);
  });
});
