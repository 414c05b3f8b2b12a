import { describe, expect, it } from "vitest";
import { ApartWatch } from "./apart-watch";
import { FakeTimers } from "./testing/fake-timers";
import { apart } from "./testing/samples";

function setUp() {
  const timers = new FakeTimers(0);
  const clock = { ahead: 0 };
  const calls: number[] = [];
  const watch = new ApartWatch(
    timers,
    () => timers.now() + clock.ahead,
    () => calls.push(timers.now()),
  );
  return { timers, clock, calls, watch };
}

const rooms = (until_ms: number | null) => apart([["me"]], { until_ms });

describe("ApartWatch", () => {
  it("calls one minute before the end, once", async () => {
    const { timers, calls, watch } = setUp();
    watch.follow(rooms(300_000));
    await timers.advance(400_000);
    expect(calls).toEqual([240_000]);
  });

  it("waits on when there is more time, and for nothing without an end", async () => {
    const { timers, calls, watch } = setUp();
    watch.follow(rooms(120_000));
    await timers.advance(50_000);
    watch.follow(rooms(180_000));
    await timers.advance(200_000);
    expect(calls).toEqual([120_000]);
    watch.follow(rooms(null));
    watch.follow(null);
    expect(timers.pending).toBe(0);
  });

  it("says nothing of rooms of a minute or less", async () => {
    const { timers, calls, watch } = setUp();
    watch.follow(rooms(60_000));
    await timers.advance(100_000);
    expect(calls).toEqual([]);
  });

  it("goes by the server's clock, known better meanwhile, and not when it is much too late", async () => {
    const { timers, clock, calls, watch } = setUp();
    watch.follow(rooms(120_000));
    clock.ahead = 30_000;
    await timers.advance(40_000);
    expect(calls).toEqual([30_000]);
    watch.follow(rooms(200_000));
    clock.ahead = 120_000;
    await timers.advance(200_000);
    expect(calls).toHaveLength(1);
  });
});
