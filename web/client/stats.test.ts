import { describe, expect, it } from "vitest";
import { growth, heardBetween, type Look, look, type Stat } from "./stats";

function at(ms: number, ...stats: Stat[]): Look {
  return { at: ms, stats: new Map(stats.map((stat) => [stat.id, stat])) };
}

function speech(id: string, packets: number, seconds: number, change: Record<string, number> = {}): Stat {
  return {
    id,
    type: "inbound-rtp",
    kind: "audio",
    packetsReceived: packets,
    totalSamplesReceived: seconds * 48_000,
    concealedSamples: 0,
    silentConcealedSamples: 0,
    jitterBufferDelay: 0,
    jitterBufferEmittedCount: 0,
    ...change,
  };
}

describe("what was heard", () => {
  it("is the share made up, and what the jitter buffer held", () => {
    const before = at(
      0,
      speech("a", 10, 1, {
        concealedSamples: 480,
        jitterBufferDelay: 1_000,
        jitterBufferEmittedCount: 48_000,
      }),
    );
    const after = at(
      5_000,
      speech("a", 200, 5, {
        concealedSamples: 480 + 19_200,
        jitterBufferDelay: 1_000 + 9_600,
        jitterBufferEmittedCount: 48_000 + 192_000,
      }),
    );
    expect(heardBetween(before, after)).toEqual({ concealed: 0.1, buffer_ms: 50 });
  });

  it("leaves out silence and slots that nothing came on", () => {
    const before = at(0, speech("a", 10, 1), speech("idle", 50, 1));
    const after = at(
      5_000,
      speech("a", 200, 5, { concealedSamples: 24_000, silentConcealedSamples: 24_000 }),
      speech("idle", 50, 5, { concealedSamples: 192_000 }),
    );
    expect(heardBetween(before, after)?.concealed).toBe(0);
  });

  it("is nothing where there was no speech, and never more than all of it", () => {
    expect(heardBetween(at(0, speech("a", 10, 1)), at(5_000, speech("a", 10, 6)))).toBeNull();
    expect(heardBetween(at(0), at(5_000))).toBeNull();
    const beyond = at(5_000, speech("a", 20, 1, { concealedSamples: 96_000 }));
    expect(heardBetween(at(0), beyond)?.concealed).toBe(1);
  });
});

describe("counters", () => {
  it("grow, or began anew, or are not counted", () => {
    const before = at(0, speech("a", 10, 1));
    expect(growth(before, at(1, speech("a", 14, 1)), "a", "packetsReceived")).toBe(4);
    expect(growth(before, at(1, speech("b", 14, 1)), "b", "packetsReceived")).toBe(14);
    expect(growth(before, at(1, speech("a", 3, 1)), "a", "packetsReceived")).toBeNull();
    expect(growth(before, at(1, speech("a", 3, 1)), "a", "framesDecoded")).toBeNull();
  });

  it("are read by id", async () => {
    const report = new Map([["x", speech("x", 1, 1)]]);
    const found = await look({ getStats: async () => report as unknown as RTCStatsReport });
    expect(found.stats.get("x")?.packetsReceived).toBe(1);
  });
});
