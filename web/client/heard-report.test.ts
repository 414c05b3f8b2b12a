import { describe, expect, it } from "vitest";
import { HeardReport } from "./heard-report";
import type { Heard } from "./protocol";
import type { Look } from "./stats";
import { FakeTimers } from "./testing/fake-timers";

function setUp() {
  const timers = new FakeTimers();
  const sent: Heard[] = [];
  let seconds = 0;
  const line = { speaks: true, up: true };
  const report = new HeardReport(
    timers,
    async (): Promise<Look | null> => {
      if (!line.up) return null;
      if (line.speaks) seconds += 5;
      const packets = seconds * 50;
      const stat = { id: "a", type: "inbound-rtp", kind: "audio", packetsReceived: packets };
      return { at: 0, stats: new Map([["a", { ...stat, totalSamplesReceived: seconds * 48_000 }]]) };
    },
    (message) => sent.push(message),
  );
  const pass = async (count: number) => {
    for (let i = 0; i < count; i++) await timers.advance(5_000);
  };
  return { report, sent, line, pass };
}

describe("the report of what was heard", () => {
  it("goes out every five seconds, from the second look on", async () => {
    const { report, sent, pass } = setUp();
    report.start();
    await pass(1);
    expect(sent).toEqual([]);
    await pass(2);
    expect(sent).toEqual([
      { type: "heard", concealed: 0, buffer_ms: 0 },
      { type: "heard", concealed: 0, buffer_ms: 0 },
    ]);
  });

  it("is silent while nobody speaks, without a connection, and after its end", async () => {
    const { report, sent, line, pass } = setUp();
    report.start();
    await pass(2);
    line.speaks = false;
    await pass(3);
    expect(sent.length).toBe(1);
    line.up = false;
    await pass(1);
    line.up = line.speaks = true;
    await pass(1);
    expect(sent.length).toBe(1);
    await pass(1);
    expect(sent.length).toBe(2);
    report.stop();
    await pass(3);
    expect(sent.length).toBe(2);
  });
});
