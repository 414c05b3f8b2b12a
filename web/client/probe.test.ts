import { describe, expect, it } from "vitest";
import { LineProbe, type Probing, recommended } from "./probe";
import type { Probed } from "./protocol";
import { FakeTimers, settle } from "./testing/fake-timers";

const found = (change: Partial<Probed> = {}): Probed => ({
  type: "probed",
  path: "udp",
  rtt_ms: 30,
  loss: 0,
  jitter_ms: 1,
  down: 2_400_000,
  up: 900_000,
  spent: 300_000,
  ...change,
});

describe("the recommended rung", () => {
  it("is the richest that fits both ways", () => {
    const cases = [
      [2_500_000, 2_500_000, "720p"],
      [2_500_000, 900_000, "360p"],
      [300_000, 900_000, "180p"],
      [60_000, 900_000, "speech"],
      [20_000, 900_000, "text"],
    ] as const;
    for (const [down, up, rung] of cases) expect(recommended(found({ down, up }))).toBe(rung);
  });

  it("goes by the way that is known, and leaves pictures out on a line that loses much", () => {
    expect(recommended(found({ down: null, up: 600_000 }))).toBe("360p");
    expect(recommended(found({ down: 300_000, up: null }))).toBe("180p");
    expect(recommended(found({ loss: 0.2 }))).toBe("speech");
    expect(recommended(found({ loss: 0.2, down: 10_000 }))).toBe("text");
  });
});

function setUp(available: number | null = null, connected = true) {
  const timers = new FakeTimers();
  const shown: Probing[] = [];
  const tracks: (MediaStreamTrack | null)[] = [];
  const sent: string[] = [];
  const track = {} as MediaStreamTrack;
  let stopped = 0;
  const probe = new LineProbe({
    timers,
    send: (message) => {
      sent.push(message.type);
      return connected;
    },
    sendTrack: (each) => tracks.push(each),
    available: async () => available,
    noise: () => ({
      track,
      stop: () => {
        stopped += 1;
      },
    }),
    changed: (probing) => shown.push(probing),
  });
  return { timers, shown, tracks, sent, track, probe, stopped: () => stopped };
}

describe("the probe", () => {
  it("sends noise until its answer has come, and takes the browser's word where that is more", async () => {
    const { probe, shown, tracks, sent, track, stopped } = setUp(1_500_000);
    probe.start();
    probe.start();
    expect([sent, tracks]).toEqual([["probe"], [track]]);
    await probe.answered(found());
    expect(shown[0]).toEqual({ state: "running" });
    expect(shown[1]).toMatchObject({ state: "done", rung: "720p", found: { up: 1_500_000 } });
    expect([tracks.at(-1), stopped()]).toEqual([null, 1]);
  });

  it("fails in words: no connection, no answer, nothing measured", async () => {
    const cut = setUp(null, false);
    cut.probe.start();
    expect(cut.shown.at(-1)).toEqual({ state: "failed" });
    const silent = setUp();
    silent.probe.start();
    await silent.timers.advance(8_000);
    expect(silent.shown.at(-1)).toEqual({ state: "failed" });
    expect(silent.stopped()).toBe(1);
    const empty = setUp(5_000_000);
    empty.probe.start();
    await empty.probe.answered(found({ down: null, up: null }));
    expect(empty.shown.at(-1)).toEqual({ state: "failed" });
  });

  it("leaves nothing behind when the person goes in meanwhile", async () => {
    const { probe, shown, timers, stopped } = setUp();
    probe.start();
    const late = probe.answered(found());
    probe.stop();
    await late;
    await timers.advance(20_000);
    await settle();
    expect(shown).toEqual([{ state: "running" }]);
    expect([stopped(), timers.pending]).toEqual([1, 0]);
  });
});
