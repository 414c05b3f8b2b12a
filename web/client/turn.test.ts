import { describe, expect, it } from "vitest";
import { sayings } from "./announce";
import type { Box, Timer, Turn } from "./protocol";
import { receive } from "./reduce";
import type { State } from "./state";
import { box, inRoom, member } from "./testing/samples";
import { marks, turnView } from "./timer";

const circle = (
  turn: Partial<Turn>,
  change: Partial<Box> = {},
  status: Timer["status"] = "running",
): Timer => ({
  status,
  index: 0,
  boxes: [box("round", 600, 0, { speaks: "turns", turn_s: 120, ...change })],
  since_ms: status === "running" ? 0 : null,
  turn: { order: ["sam", "me"], index: 0, spent_ms: 0, ...turn },
});

const told = (state: State, timer: Timer) =>
  receive(state, { type: "timer-changed", timer, by: null, now_ms: 0 }, 0);

describe("turns", () => {
  it("have a speaker, a place and a clock of their own", () => {
    expect(turnView(circle({ spent_ms: 30_000 }), 60_000)).toEqual({
      member: "sam",
      speaks: true,
      place: 1,
      count: 2,
      remaining: 30_000,
    });
    expect(turnView(circle({}, { turn_s: 0 }), 0)?.remaining).toBeNull();
  });

  it("are none where everyone speaks, before the start and after the end", () => {
    expect(turnView(circle({}, { speaks: "everyone" }), 0)).toBeNull();
    expect(turnView(circle({}, {}, "ready"), 0)).toBeNull();
    expect(turnView(circle({}, {}, "finished"), 0)).toBeNull();
  });

  it("sound when they are over, between the marks of the box", () => {
    expect(marks(circle({}), 0)[0]).toEqual({ mark: "turn-up", wait: 120_000 });
    expect(marks(circle({}), 130_000)).toContainEqual({ mark: "one-minute", wait: 410_000 });
  });

  it("are said: aloud to everybody, shown to whose it is", () => {
    const before = told(inRoom(member("sam")), circle({}, { speaks: "everyone" }));
    const sam = told(before, circle({}));
    expect(sayings(before, sam)).toEqual([{ key: "say.turn", values: { name: "Sam" }, shown: null }]);
    expect(sayings(sam, told(sam, circle({ index: 1 }))).map((each) => [each.key, each.shown])).toEqual([
      ["say.turn-you", "info"],
    ]);
    const listens = told(before, circle({ order: ["me"] }, { speaks: "others" }));
    expect(sayings(before, listens).map((each) => each.key)).toEqual(["say.listen-you"]);
  });

  it("show the speaker large, and afterwards whoever was chosen", () => {
    const before = inRoom(member("sam"), member("ana"));
    const sam = told(before, circle({}));
    expect(sam.kept).toBe("sam");
    expect(told(sam, circle({ index: 1 })).kept).toBeNull();
    expect(told({ ...sam, kept: "ana" }, circle({ index: 0, spent_ms: 5 })).kept).toBe("ana");
    expect(told(sam, circle({}, { speaks: "everyone" })).kept).toBeNull();
  });
});
