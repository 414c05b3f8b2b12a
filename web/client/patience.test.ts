import { describe, expect, it } from "vitest";
import { Patience } from "./patience";
import type { Look, Stat } from "./stats";
import { FakeTimers } from "./testing/fake-timers";

function setUp(roundTrip: number) {
  const timers = new FakeTimers();
  let packetsReceived = 0;
  let nackCount = 0;
  const waits: (number | null)[] = [];
  const look = (): Promise<Look> => {
    const stats: Stat[] = [
      { id: "v", type: "inbound-rtp", kind: "video", packetsReceived, nackCount },
      { id: "a", type: "inbound-rtp", kind: "audio", packetsReceived: 9_000, nackCount: 9_000 },
      {
        id: "p",
        type: "candidate-pair",
        nominated: true,
        state: "succeeded",
        currentRoundTripTime: roundTrip,
      },
    ];
    return Promise.resolve({ at: timers.now(), stats: new Map(stats.map((stat) => [stat.id, stat])) });
  };
  const patience = new Patience(timers, look, (wait) => waits.push(wait));
  /** So many looks, each after 100 packets of which so many were asked for again. */
  const looks = async (count: number, lost: number) => {
    for (let index = 0; index < count; index++) {
      packetsReceived += 100;
      nackCount += lost;
      await timers.advance(2_000);
    }
  };
  return { patience, looks, waits };
}

describe("Patience", () => {
  it("waits for repairs while packets are lost, and a while longer", async () => {
    const { patience, looks, waits } = setUp(0.04);
    patience.start();
    await looks(3, 0);
    expect(waits).toEqual([]);
    await looks(2, 5);
    expect(waits).toEqual([260, 260]);
    await looks(1, 15);
    await looks(1, 5);
    expect(waits.slice(2)).toEqual([490, 490]);
    await looks(9, 0);
    expect(waits).not.toContain(null);
    await looks(1, 0);
    expect(waits.at(-1)).toBeNull();
    const told = waits.length;
    await looks(5, 0);
    expect(waits).toHaveLength(told);
  });

  it("never waits for longer than half a second", async () => {
    const { patience, looks, waits } = setUp(2);
    patience.start();
    await looks(3, 30);
    expect(waits.at(-1)).toBe(500);
    patience.stop();
    const told = waits.length;
    await looks(3, 30);
    expect(waits).toHaveLength(told);
  });

  it("does not judge by a handful of packets, nor by sound", async () => {
    const timers = new FakeTimers();
    const waits: (number | null)[] = [];
    let nackCount = 0;
    const patience = new Patience(
      timers,
      () => {
        nackCount += 5;
        const stat: Stat = {
          id: "v",
          type: "inbound-rtp",
          kind: "video",
          packetsReceived: nackCount,
          nackCount,
        };
        return Promise.resolve({ at: timers.now(), stats: new Map([["v", stat]]) });
      },
      (wait) => waits.push(wait),
    );
    patience.start();
    await timers.advance(2_000);
    await timers.advance(2_000);
    expect(waits).toEqual([]);
  });
});
