import { describe, expect, it } from "vitest";
import type { Watched } from "./protocol";
import type { Look, Stat } from "./stats";
import { bearableAt, RELIEF, StrainWatch, spared, strained } from "./strain";
import { FakeTimers, settle } from "./testing/fake-timers";

const sent = (encoded: number, reason = "none", more = {}): Stat => ({
  id: "out",
  type: "outbound-rtp",
  kind: "video",
  active: true,
  framesPerSecond: 30,
  totalEncodeTime: encoded,
  qualityLimitationReason: reason,
  ...more,
});

const seen = (at: number, ...stats: Stat[]): Look => ({ at, stats: new Map(stats.map((s) => [s.id, s])) });

describe("a device", () => {
  const before = seen(0, sent(1));

  it("is strained when the browser says so of what it sends", () => {
    expect(strained(before, seen(2000, sent(1.1, "cpu")))).toBe(true);
    expect(strained(before, seen(2000, sent(1.1, "bandwidth")))).toBe(false);
    const idle = sent(1.1, "cpu", { active: false });
    expect(strained(before, seen(2000, idle))).toBe(false);
  });

  it("is strained when pictures take most of its time, sent or shown", () => {
    expect(strained(before, seen(2000, sent(2.8)))).toBe(true);
    expect(strained(before, seen(2000, sent(2)))).toBe(false);
    const shown = (decoded: number): Stat => ({
      id: "in",
      type: "inbound-rtp",
      kind: "video",
      totalDecodeTime: decoded,
    });
    expect(strained(seen(0, shown(3)), seen(2000, shown(4.9)))).toBe(true);
  });
});

function setUp() {
  const timers = new FakeTimers();
  const now = { busy: false, spent: 0 };
  const steps: number[] = [];
  const watch = new StrainWatch(
    timers,
    async () => {
      now.spent += now.busy ? 1.9 : 0.1;
      return seen(timers.now(), sent(now.spent));
    },
    (step) => steps.push(step),
  );
  const pass = async (seconds: number) => {
    for (let each = 0; each < seconds; each += 2) {
      timers.advance(2_000);
      await settle();
    }
  };
  return { watch, now, steps, pass };
}

describe("relief", () => {
  it("comes after some seconds, step by step, and no further than there are steps", async () => {
    const { watch, now, steps, pass } = setUp();
    watch.start();
    now.busy = true;
    await pass(6);
    expect(steps).toEqual([]);
    await pass(2);
    expect(steps).toEqual([1]);
    await pass(60);
    expect(steps).toEqual([1, 2, RELIEF.length - 1]);
  });

  it("is not for a moment of hard work", async () => {
    const { watch, now, steps, pass } = setUp();
    watch.start();
    for (let each = 0; each < 5; each++) {
      now.busy = true;
      await pass(4);
      now.busy = false;
      await pass(4);
    }
    expect(steps).toEqual([]);
  });

  it("ends after half a minute of rest, and later each time that it was too early", async () => {
    const { watch, now, steps, pass } = setUp();
    watch.start();
    const waits: number[] = [];
    for (let each = 0; each < 3; each++) {
      now.busy = true;
      while (steps.at(-1) !== 1) await pass(2);
      now.busy = false;
      let waited = 0;
      while (steps.at(-1) !== 0) {
        await pass(2);
        waited += 2;
      }
      waits.push(waited);
    }
    expect(waits[0]).toBe(30);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
    expect(waits[2]).toBeGreaterThan(waits[1] ?? 0);
  });

  it("ends with the call", async () => {
    const { watch, now, steps, pass } = setUp();
    watch.start();
    now.busy = true;
    await pass(8);
    watch.stop();
    expect(steps).toEqual([1, 0]);
  });
});

describe("what is asked for", () => {
  const tiles: Watched[] = [
    { member: "a", source: "screen", lines: 900 },
    ...["b", "c", "d", "e"].map((member) => ({ member, source: "camera", lines: 400 }) as const),
  ];

  it("is less and smaller at each step, the most important last", () => {
    expect(spared(tiles, 0)).toEqual(tiles);
    expect(spared(tiles, 1).map(({ lines }) => lines)).toEqual([900, 360, 360, 360]);
    expect(spared(tiles, 3)).toEqual([tiles[0]]);
  });

  it("is no codec that costs much", () => {
    expect(bearableAt(["vp9", "av1", "vp8"], 0)).toEqual(["vp9", "av1", "vp8"]);
    expect(bearableAt(["h264", "vp9", "vp8"], 2)).toEqual(["h264", "vp8"]);
  });
});
