import { describe, expect, it } from "vitest";
import { ServerClock } from "./clock";

describe("ServerClock", () => {
  it("knows nothing at first", () => {
    const clock = new ServerClock();
    expect(clock.known).toBe(false);
    expect(clock.at(1234)).toBe(1234);
    expect(clock.uncertainty).toBe(Number.POSITIVE_INFINITY);
  });

  it("takes the server to be at the middle of the exchange", () => {
    const clock = new ServerClock();
    clock.add(1_000, 1_040, 6_020);
    expect(clock.offset).toBe(5_000);
    expect(clock.at(2_000)).toBe(7_000);
    expect(clock.uncertainty).toBe(20);
  });

  it("believes the shortest round trip, so that a slow way there doesn't shift the clock", () => {
    const clock = new ServerClock();
    const offset = 5_000;
    // 400 ms there, 10 back: by its middle this sample is 195 ms off.
    clock.add(0, 410, 400 + offset);
    clock.add(1_000, 1_012, 1_006 + offset);
    clock.add(2_000, 2_300, 2_290 + offset);
    expect(clock.offset).toBe(offset);
  });

  it("stays within half a round trip of the truth, whatever the two ways take", () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    for (let trial = 0; trial < 200; trial++) {
      const clock = new ServerClock();
      const offset = Math.round((random() - 0.5) * 1e9);
      for (let ping = 0; ping < 8; ping++) {
        const sent = ping * 5_000;
        const there = random() * 300;
        const back = random() * 300;
        clock.add(sent, sent + there + back, sent + there + offset);
      }
      expect(Math.abs(clock.offset - offset)).toBeLessThanOrEqual(clock.uncertainty + 1e-6);
    }
  });

  it("forgets what a clock that jumped makes impossible", () => {
    const clock = new ServerClock();
    clock.add(0, 4, 5_002);
    // The laptop slept for an hour and its clock stood still.
    clock.add(10_000, 10_080, 10_040 + 5_000 + 3_600_000);
    expect(clock.offset).toBe(3_605_000);
  });

  it("ignores an exchange that can't have been", () => {
    const clock = new ServerClock();
    clock.add(1_000, 990, 5_000);
    clock.add(Number.NaN, 990, 5_000);
    clock.add(1_000, 1_010, Number.NaN);
    expect(clock.known).toBe(false);
  });
});
