import { describe, expect, it } from "vitest";
import { RoundTripWatch } from "./round-trip";
import { FakeTimers } from "./testing/fake-timers";

function setUp() {
  const timers = new FakeTimers();
  const found: (number | null)[] = [];
  let answer = (_: number | null) => {};
  let asked = 0;
  const watch = new RoundTripWatch(
    timers,
    () => {
      asked += 1;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    (roundTrip) => found.push(roundTrip),
  );
  return { timers, found, watch, answer: (value: number | null) => answer(value), asked: () => asked };
}

describe("RoundTripWatch", () => {
  it("measures in a moment, then every two seconds", async () => {
    const { timers, found, watch, answer, asked } = setUp();
    watch.start(300);
    await timers.advance(300);
    answer(24);
    await timers.advance(2_000);
    answer(null);
    await timers.advance(0);
    expect(found).toEqual([24, null]);
    expect(asked()).toBe(2);
  });

  it("tells nothing that arrives after it was stopped", async () => {
    const { timers, found, watch, answer } = setUp();
    watch.start(300);
    await timers.advance(300);
    watch.stop();
    answer(24);
    await timers.advance(10_000);
    expect(found).toEqual([]);
    expect(timers.pending).toBe(0);
  });
});
