import { describe, expect, it } from "vitest";
import { Patience, type Shown, Waiting } from "./patience";
import type { Look, Stat } from "./stats";
import { FakeTimers } from "./testing/fake-timers";

const calm: Shown = { asked: 0, stills: 0, target: 60, waited: 60, roundTrip: 40 };

/** What it says at so many looks. */
const looks = (waiting: Waiting, count: number, shown: Partial<Shown>): (number | null)[] =>
  Array.from({ length: count }, () => waiting.look({ ...calm, ...shown }));

describe("a picture on a line that loses", () => {
  it("waits for repairs while packets are lost, and a while longer", () => {
    const waiting = new Waiting();
    expect(looks(waiting, 3, {})).toEqual([null, null, null]);
    expect(looks(waiting, 2, { asked: 0.05 })).toEqual([260, 260]);
    expect(looks(waiting, 1, { asked: 0.15 })).toEqual([560]);
    expect(looks(waiting, 1, { asked: 0.05 })).toEqual([560]);
    expect(looks(waiting, 9, {})).not.toContain(null);
    // Less and less, not at once: 560, then 40 less each 10 s, and nothing below 120.
    expect(looks(waiting, 60, {}).filter((wait) => wait !== null && wait < 560)).toHaveLength(11 * 5);
    expect(looks(waiting, 1, {})).toEqual([null]);
  });

  it("never waits for longer than three quarters of a second", () => {
    expect(looks(new Waiting(), 1, { asked: 0.3, roundTrip: 2_000 })).toEqual([750]);
  });

  it("is not judged by a handful of packets", () => {
    const waiting = new Waiting();
    looks(waiting, 1, { asked: 0.05 });
    expect(looks(waiting, 20, { asked: null })).not.toContain(null);
  });
});

describe("a picture whose browser is wrong about when it was taken", () => {
  const FLOOR = 250;
  /** As long as it ever should: what stands still meanwhile makes no difference then. */
  const MEANT = 750;
  const asked = { asked: 0.15, roundTrip: 400 };

  /**
   * What a browser waits at so many looks that adds `wrong(look)` ms to what it was told, and shows a picture as
   * soon as it has all of it, after `FLOOR`, at the earliest; it stands still then.
   */
  const browser = (waiting: Waiting, count: number, wrong: (look: number) => number): number[] => {
    const waits: number[] = [];
    let told = 0;
    for (let index = 0; index < count; index++) {
      const waited = Math.max(FLOOR, told + wrong(index));
      waits.push(waited);
      const stills = waited === FLOOR ? 1 : 0;
      told = waiting.look({ ...calm, ...asked, stills, target: told, waited }) ?? 0;
    }
    return waits;
  };

  it.each([0, 300, -300, -1_500, -3_000])("waits soon for as long as it should: %i ms", (wrong) => {
    const waits = browser(new Waiting(), 30, () => wrong);
    for (const wait of waits.slice(9)) expect(wait).toBeGreaterThan(MEANT - 100);
    expect(waits.at(-1)).toBeLessThan(MEANT + 400);
  });

  it.each([60, 30, -60])("waits so while that grows by %i ms from look to look", (grows) => {
    const waits = browser(new Waiting(), 12, (look) => grows * look);
    for (const wait of waits.slice(6)) expect(wait).toBeGreaterThan(MEANT - 100);
  });

  it("stands still less often where that grows faster than steps may be", () => {
    const waits = browser(new Waiting(), 14, (look) => -250 * look).slice(2);
    expect(waits.filter((wait) => wait === FLOOR).length).toBeLessThan(waits.length / 3);
  });

  it("waits less again where it waits for much too long", () => {
    expect(browser(new Waiting(), 30, () => 1_000).at(-1)).toBeLessThanOrEqual(1_375);
  });

  it("is not made to stand still by what is corrected", () => {
    const waiting = new Waiting();
    const steps = browser(waiting, 40, (look) => -20 * look).slice(2);
    for (const [index, wait] of steps.entries()) {
      expect(wait - (steps[index - 1] ?? wait)).toBeLessThan(150);
    }
  });

  it("is not told to wait long by a line that was full for a moment", () => {
    const waiting = new Waiting();
    looks(waiting, 2, { ...asked, target: MEANT, waited: MEANT });
    looks(waiting, 1, { ...asked, target: MEANT, waited: 2_500 });
    const told = looks(waiting, 1, { ...asked, stills: 1, target: MEANT, waited: 300 })[0];
    expect(told).toBeLessThan(MEANT + 700);
  });

  it("is never told more than browsers take", () => {
    const waiting = new Waiting();
    browser(waiting, 60, () => -9_000);
    expect(waiting.look({ ...calm, ...asked, stills: 1, target: 4_000, waited: FLOOR })).toBe(4_000);
  });

  it("waits for half at least where it is right again at once", () => {
    const waits = browser(new Waiting(), 40, (look) => (look < 39 ? 2_000 : 0));
    expect(waits.at(-1)).toBeGreaterThanOrEqual(MEANT / 2);
  });

  it("keeps what it has found while nothing is shown", () => {
    const waiting = new Waiting();
    browser(waiting, 20, () => -1_000);
    const told = waiting.look({ ...calm, asked: null, target: 0, waited: 0 });
    expect(told).toBeGreaterThan(MEANT + 850);
  });

  it("is told no more than it was once its line is good again", () => {
    const waiting = new Waiting();
    browser(waiting, 30, () => -400);
    expect(looks(waiting, 300, {}).at(-1)).toBeNull();
  });
});

describe("a picture that stands still", () => {
  it("once waits no longer", () => {
    const waiting = new Waiting();
    expect(looks(waiting, 1, { stills: 1 })).toEqual([null]);
    expect(looks(waiting, 9, {})).not.toContain(140);
    expect(looks(waiting, 1, { stills: 1 })).toEqual([null]);
  });

  it("once waits a little longer where many repairs are lost", () => {
    const waiting = new Waiting();
    looks(waiting, 3, { asked: 0.15 });
    expect(looks(waiting, 3, { asked: 0.15, stills: 1 })).toEqual([640, 720, 750]);
    expect(looks(waiting, 2, { asked: 0.15 })).toEqual([750, 750]);
  });

  it("again and again waits a little longer each time, up to a bound", () => {
    const waiting = new Waiting();
    expect(looks(waiting, 4, { stills: 1, target: 70 })).toEqual([null, 150, 230, 310]);
    expect(looks(waiting, 20, { stills: 2, target: 70 }).at(-1)).toBe(750);
  });

  it("no more waits less, little by little, and then as the browser likes", () => {
    const waiting = new Waiting();
    looks(waiting, 1, { stills: 2, target: 100 });
    expect(looks(waiting, 29, {}).at(-1)).toBe(180);
    expect(looks(waiting, 1, {})).toEqual([140]);
    expect(looks(waiting, 30, {}).at(-1)).toBeNull();
  });
});

describe("a picture whose frames come unevenly", () => {
  it("waits for more before one is too late, in steps that can't be seen", () => {
    const waiting = new Waiting();
    expect(looks(waiting, 2, { target: 100 })).toEqual([null, 180]);
    expect(looks(waiting, 2, { target: 180, waited: 180 })).toEqual([250, 250]);
  });

  it("waits as its browser likes again when they come evenly", () => {
    const waiting = new Waiting();
    looks(waiting, 4, { target: 100 });
    expect(looks(waiting, 30, { target: 30 }).at(-1)).toBeNull();
  });

  it("is not judged by its first frames", () => {
    const waiting = new Waiting();
    expect(looks(waiting, 1, { target: 200 })).toEqual([null]);
    expect(looks(waiting, 9, { target: 30 })).not.toContain(150);
  });
});

describe("a picture whose packets overtake each other", () => {
  it("waits for longer still, unless that was one moment", () => {
    const waiting = new Waiting();
    expect(looks(waiting, 3, { asked: 1.2 })).toEqual([560, 720, 720]);
    const once = new Waiting();
    looks(once, 1, { asked: 0.9 });
    expect(looks(once, 2, { asked: 0.2 })).toEqual([560, 560]);
  });
});

describe("Patience", () => {
  it("tells each picture by its track, and nothing of sound", async () => {
    const timers = new FakeTimers();
    let looked = 0;
    const picture = (id: string, nackCount: number, freezeCount: number): Stat => ({
      id,
      type: "inbound-rtp",
      kind: "video",
      trackIdentifier: `track ${id}`,
      packetsReceived: 100 * looked,
      nackCount: nackCount * looked,
      freezeCount: freezeCount * looked,
      jitterBufferEmittedCount: 30 * looked,
      jitterBufferTargetDelay: 30 * 0.15 * looked,
    });
    const look = (): Promise<Look> => {
      looked += 1;
      const stats: Stat[] = [
        picture("lossy", 5, 0),
        picture("still", 0, 2),
        picture("good", 0, 0),
        { ...picture("voice", 50, 9), kind: "audio" },
        {
          id: "p",
          type: "candidate-pair",
          nominated: true,
          state: "succeeded",
          currentRoundTripTime: 0.04,
        },
      ];
      return Promise.resolve({ at: timers.now(), stats: new Map(stats.map((stat) => [stat.id, stat])) });
    };
    const waits = new Map<string, number | null>();
    const patience = new Patience(timers, look, (track, wait) => waits.set(track, wait));
    patience.start();
    await timers.advance(2_000);
    expect(waits.size).toBe(0);
    await timers.advance(2_000);
    expect(Object.fromEntries(waits)).toEqual({
      "track lossy": 260,
      "track still": 230,
      "track good": null,
    });
    patience.stop();
    waits.clear();
    await timers.advance(10_000);
    expect(waits.size).toBe(0);
  });
});
