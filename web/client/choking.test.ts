import { describe, expect, it } from "vitest";
import { Choking } from "./choking";
import type { Stat } from "./stats";
import { FakeTimers } from "./testing/fake-timers";

function setUp() {
  const timers = new FakeTimers();
  let lost = 0;
  let bits = 1_000_000;
  let spoken = 0;
  let stale = 0;
  const told: boolean[] = [];
  const choking = new Choking(
    timers,
    () => {
      const stats: Stat[] = [
        { id: "a", type: "remote-inbound-rtp", kind: "audio", fractionLost: lost },
        { id: "v", type: "remote-inbound-rtp", kind: "video", fractionLost: Math.max(stale, lost / 2) },
        { id: "o", type: "outbound-rtp", kind: "audio", packetsSent: spoken },
        {
          id: "p",
          type: "candidate-pair",
          nominated: true,
          state: "succeeded",
          availableOutgoingBitrate: bits,
        },
      ];
      return Promise.resolve({ at: timers.now(), stats: new Map(stats.map((stat) => [stat.id, stat])) });
    },
    (choked) => told.push(choked),
  );
  const seconds = async (count: number, share: number, available: number) => {
    lost = share;
    bits = available;
    for (let index = 0; index < count; index++) await timers.advance(1_000);
  };
  const speak = (packets: number, lastLost: number) => {
    spoken += packets;
    stale = lastLost;
  };
  return { choking, seconds, told, speak };
}

describe("Choking", () => {
  it("gives pictures up after four seconds, and tries again when nothing was lost for ten", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(3, 0.7, 83_000);
    expect(told).toEqual([]);
    await seconds(1, 0.7, 83_000);
    expect(told).toEqual([true]);
    await seconds(9, 0, 60_000);
    expect(told).toEqual([true]);
    await seconds(1, 0, 60_000);
    expect(told).toEqual([true, false]);
  });

  it("waits twice as long after a try that went wrong", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(4, 0.7, 83_000);
    await seconds(10, 0, 60_000);
    await seconds(4, 0.7, 83_000);
    expect(told).toEqual([true, false, true]);
    await seconds(19, 0, 60_000);
    expect(told).toHaveLength(3);
    await seconds(1, 0, 60_000);
    expect(told).toEqual([true, false, true, false]);
  });

  it("leaves a line alone that loses packets but carries much, and one that is narrow but loses none", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(20, 0.4, 600_000);
    await seconds(20, 0.01, 60_000);
    expect(told).toEqual([]);
  });

  it("goes by speech where somebody speaks: a layer that is not sent any more keeps what it lost", async () => {
    const { choking, seconds, told, speak } = setUp();
    choking.start();
    for (let second = 0; second < 10; second++) {
      speak(50, 0.9);
      await seconds(1, 0, 90_000);
    }
    expect(told).toEqual([]);
    await seconds(5, 0, 90_000);
    expect(told).toEqual([true]);
  });

  it("is over when the call is", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(4, 0.7, 83_000);
    choking.stop();
    expect(told).toEqual([true, false]);
    await seconds(5, 0.7, 83_000);
    expect(told).toHaveLength(2);
  });
});
