import { expect, test } from "vitest";
import { pause, RARELY_MS, SOON_MS } from "./polling";

test("questions are rarer in the background, and rarer and rarer without an answer", () => {
  expect(pause(true, 0)).toBe(SOON_MS);
  expect(pause(false, 0)).toBe(RARELY_MS);
  const waits = [1, 2, 3, 4, 5, 50].map((failures) => pause(true, failures));
  expect(waits.slice(0, 4)).toEqual([8000, 16_000, 32_000, RARELY_MS]);
  expect(Math.max(...waits)).toBe(RARELY_MS);
});
