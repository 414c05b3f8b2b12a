import { describe, expect, it } from "vitest";
import { Choking } from "./choking";
import type { Stat } from "./stats";
import { FakeTimers } from "./testing/fake-timers";

function setUp() {
  const timers = new FakeTimers();
  let lost = 0;
  let bits = 1_000_000;
  let spoken = 0;
  let shown = 0;
  const told: boolean[] = [];
  const choking = new Choking(
    timers,
    () => {
      const stats: Stat[] = [
        { id: "a", type: "remote-inbound-rtp", kind: "audio", localId: "o", fractionLost: lost },
        { id: "v", type: "remote-inbound-rtp", kind: "video", localId: "w", fractionLost: 0.9 },
        { id: "o", type: "outbound-rtp", kind: "audio", packetsSent: spoken },
        { id: "w", type: "outbound-rtp", kind: "video", packetsSent: shown },
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
  /** Each second so many packets of speech, of which a share is lost, on a line that is taken for so much. */
  const seconds = async (count: number, share: number, available: number, speech = 50, pictures = 0) => {
    lost = share;
    bits = available;
    for (let index = 0; index < count; index++) {
      spoken += speech;
      shown += pictures;
      await timers.advance(1_000);
    }
  };
  return { choking, seconds, told };
}

describe("Choking", () => {
  it("gives pictures up after four seconds, and tries again when nothing was lost for thirty", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(3, 0.7, 83_000);
    expect(told).toEqual([]);
    await seconds(1, 0.7, 83_000);
    expect(told).toEqual([true]);
    await seconds(29, 0, 60_000);
    expect(told).toEqual([true]);
    await seconds(1, 0, 60_000);
    expect(told).toEqual([true, false]);
  });

  it("gives a try up at once when it costs speech, and waits twice as long for the next", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(4, 0.7, 83_000);
    await seconds(30, 0, 60_000);
    await seconds(2, 0.01, 60_000);
    await seconds(1, 0.12, 60_000);
    expect(told).toEqual([true, false, true]);
    await seconds(59, 0, 60_000);
    expect(told).toHaveLength(3);
    await seconds(1, 0, 60_000);
    expect(told).toEqual([true, false, true, false]);
  });

  it("takes a try that went well for twenty seconds for the line's own again", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(4, 0.7, 83_000);
    await seconds(30, 0, 60_000);
    await seconds(21, 0.01, 90_000);
    await seconds(5, 0.12, 90_000);
    expect(told).toEqual([true, false]);
  });

  it("does not wait for the browser's word where half of speech is lost: its word is, too", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(4, 0.6, 800_000);
    expect(told).toEqual([true]);
  });

  it("takes a better second among bad ones for no end of them, and two or three bad ones for no choking", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(3, 0.7, 83_000);
    await seconds(4, 0.02, 90_000);
    await seconds(3, 0.5, 83_000);
    expect(told).toEqual([]);
    await seconds(1, 0.2, 83_000);
    await seconds(1, 0.5, 83_000);
    expect(told).toEqual([]);
    await seconds(1, 0.5, 83_000);
    expect(told).toEqual([true]);
  });

  it("leaves a line alone that loses packets but carries much, and one that is narrow but loses none", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(20, 0.3, 600_000);
    await seconds(20, 0.01, 60_000);
    expect(told).toEqual([]);
  });

  it("goes by speech where somebody speaks: a layer that is not sent any more keeps what it lost", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(10, 0, 90_000);
    expect(told).toEqual([]);
    await seconds(5, 0, 90_000, 3, 20);
    expect(told).toEqual([true]);
  });

  it("tries again after a while of silence, too", async () => {
    const { choking, seconds, told } = setUp();
    choking.start();
    await seconds(4, 0.7, 83_000);
    await seconds(30, 0.7, 60_000, 3);
    expect(told).toEqual([true, false]);
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
