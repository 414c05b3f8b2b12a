import { describe, expect, it } from "vitest";
import type { Timer } from "./protocol";
import { FakeTimers } from "./testing/fake-timers";
import { box } from "./testing/samples";
import { TimerWatch } from "./timer-watch";

function setUp() {
  const timers = new FakeTimers(0);
  let offset = 0;
  const calls: [string, string, number][] = [];
  const watch = new TimerWatch(
    timers,
    () => timers.now() + offset,
    (mark, box) => calls.push([mark, box.key, timers.now()]),
  );
  const shift = (ms: number) => {
    offset += ms;
  };
  return { timers, calls, watch, shift };
}

const running: Timer = {
  status: "running",
  index: 0,
  boxes: [box("topic", 120)],
  since_ms: 0,
  turn: null,
};

describe("TimerWatch", () => {
  it("calls out one minute and the end in their instants", async () => {
    const { timers, calls, watch } = setUp();
    watch.follow(running);
    await timers.advance(200_000);
    expect(calls).toEqual([
      ["one-minute", "topic", 60_000],
      ["time-up", "topic", 120_000],
    ]);
    expect(timers.pending).toBe(0);
  });

  it("is silent while the timer rests, and after it is changed", async () => {
    const { timers, calls, watch } = setUp();
    watch.follow(running);
    await timers.advance(50_000);
    watch.follow({ ...running, status: "paused", since_ms: null });
    await timers.advance(100_000);
    expect(calls).toEqual([]);
  });

  it("follows a clock that is set right while it waits", async () => {
    const { timers, calls, watch, shift } = setUp();
    watch.follow(running);
    await timers.advance(30_000);
    shift(-3_000);
    await timers.advance(60_000);
    expect(calls).toEqual([["one-minute", "topic", 63_000]]);
  });

  it("does not call out what was slept through", async () => {
    const { timers, calls, watch, shift } = setUp();
    watch.follow(running);
    await timers.advance(55_000);
    shift(40_000);
    await timers.advance(10_000);
    expect(calls).toEqual([]);
    await timers.advance(60_000);
    expect(calls).toEqual([["time-up", "topic", 80_000]]);
  });

  it("calls out two marks that come in the same instant", async () => {
    const { timers, calls, watch } = setUp();
    const turns = { ...box("round", 120), speaks: "turns" as const, turn_s: 60 };
    watch.follow({ ...running, boxes: [turns], turn: { order: ["me"], index: 0, spent_ms: 0 } });
    await timers.advance(90_000);
    expect(calls.map(([mark, , at]) => [mark, at])).toEqual([
      ["turn-up", 60_000],
      ["one-minute", 60_000],
    ]);
  });

  it("calls out what a clock that is set forward has just passed", async () => {
    const { timers, calls, watch, shift } = setUp();
    watch.follow(running);
    await timers.advance(10_000);
    shift(51_000);
    await timers.advance(1_000);
    expect(calls.map(([mark]) => mark)).toEqual(["one-minute"]);
  });

  it("stops", async () => {
    const { timers, calls, watch } = setUp();
    watch.follow(running);
    watch.follow(null);
    await timers.advance(200_000);
    expect(calls).toEqual([]);
  });
});
