import { describe, expect, it } from "vitest";
import type { Timer } from "./protocol";
import { box } from "./testing/samples";
import { clockText, marks, remaining, timerView, untilNext } from "./timer";

const running: Timer = {
  status: "running",
  index: 1,
  boxes: [box("check-in", 300, 300_000), box("topic", 900, 60_000)],
  since_ms: 1_000_000,
  turn: null,
};

describe("remaining", () => {
  it("is planned less spent less what runs now", () => {
    expect(remaining(running, 1_000_000)).toBe(840_000);
    expect(remaining(running, 1_030_500)).toBe(809_500);
  });

  it("stands still while paused", () => {
    expect(remaining({ ...running, status: "paused", since_ms: null }, 9_999_999)).toBe(840_000);
  });

  it("goes below zero in overtime", () => {
    expect(remaining(running, 1_000_000 + 840_000 + 2_500)).toBe(-2_500);
  });

  it("does not gain time from a clock that is a little behind", () => {
    expect(remaining(running, 999_950)).toBe(840_000);
  });

  it("is zero without a box", () => {
    expect(remaining({ ...running, boxes: [], index: 0 }, 1_000_000)).toBe(0);
  });
});

describe("clockText", () => {
  it.each([
    [300_000, "5:00"],
    [299_999, "5:00"],
    [299_000, "4:59"],
    [60_001, "1:01"],
    [1, "0:01"],
    [0, "0:00"],
    [-999, "0:00"],
    [-1_000, "+0:01"],
    [-61_500, "+1:01"],
    [5_400_000, "90:00"],
  ])("%i ms is %s", (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });
});

describe("timerView", () => {
  it("shows how far the box is", () => {
    const view = timerView(running, 1_000_000 + 390_000);
    expect(view).toMatchObject({ text: "7:30", overtime: false, fraction: 0.5 });
    expect(view.box?.key).toBe("topic");
  });

  it("shows overtime, and the ring stays full", () => {
    expect(timerView(running, 1_000_000 + 847_000)).toMatchObject({
      text: "+0:07",
      overtime: true,
      fraction: 1,
    });
  });

  it("has no overtime before the start or after the end", () => {
    const over = {
      ...running,
      since_ms: null,
      boxes: [box("topic", 60, 90_000)],
      index: 0,
    };
    expect(timerView({ ...over, status: "finished" }, 0).overtime).toBe(false);
    expect(timerView({ ...over, status: "paused" }, 0).overtime).toBe(true);
  });
});

describe("marks", () => {
  it("are a minute before the end, and the end", () => {
    expect(marks(running, 1_000_000)).toEqual([
      { mark: "one-minute", wait: 780_000 },
      { mark: "time-up", wait: 840_000 },
    ]);
    expect(marks(running, 1_000_000 + 840_000)).toEqual([
      { mark: "one-minute", wait: -60_000 },
      { mark: "time-up", wait: 0 },
    ]);
  });

  it("do not warn in a box of a minute", () => {
    const short: Timer = { ...running, index: 0, boxes: [box("topic", 60)] };
    expect(marks(short, 1_000_000)).toEqual([{ mark: "time-up", wait: 60_000 }]);
  });

  it("rest with the timer", () => {
    expect(marks({ ...running, status: "paused", since_ms: null }, 1_000_000)).toEqual([]);
  });
});

describe("untilNext", () => {
  it("is the time until the shown second changes", () => {
    expect(untilNext(1_000, 4_200)).toBe(200);
    expect(untilNext(1_000, 4_000)).toBe(1_000);
    expect(untilNext(1_000, -1_300)).toBe(700);
    // In 700 ms what is left is -2,000: "+0:01" becomes "+0:02".
    expect(clockText(-1_300)).toBe("+0:01");
    expect(clockText(-1_300 - 700)).toBe("+0:02");
  });
});
