import { describe, expect, it } from "vitest";
import { levelOf } from "./levels";

describe("levelOf", () => {
  const tone = (amplitude: number) =>
    Float32Array.from({ length: 1024 }, (_, index) => amplitude * Math.sin(index / 5));

  it("is nothing for silence, all for a shout, and grows between", () => {
    expect(levelOf(tone(0))).toBe(0);
    expect(levelOf(tone(1))).toBeCloseTo(1, 1);
    expect(levelOf(tone(0.1))).toBeGreaterThan(levelOf(tone(0.01)));
  });
});
