import { describe, expect, it } from "vitest";
import { PathWatch } from "./path-watch";
import { FakeTimers } from "./testing/fake-timers";

function setUp() {
  const timers = new FakeTimers();
  let received: number | null = 0;
  let lost = 0;
  let back = 0;
  const watch = new PathWatch(timers, () => Promise.resolve(received), {
    lost: () => {
      lost += 1;
    },
    back: () => {
      back += 1;
    },
  });
  /** Looks, each with so many more bytes. */
  const looks = async (...more: number[]) => {
    for (const bytes of more) {
      received = (received ?? 0) + bytes;
      await timers.advance(400);
    }
  };
  return { timers, watch, looks, lost: () => lost, back: () => back };
}

describe("PathWatch", () => {
  it("tells of silence after a steady flow, once", async () => {
    const { watch, looks, lost } = setUp();
    watch.start();
    await looks(900, 900, 900, 900, 900);
    await looks(0);
    expect(lost()).toBe(0);
    await looks(0);
    expect(lost()).toBe(1);
    await looks(0, 0, 0, 0, 0, 0);
    expect(lost()).toBe(1);
    await looks(900, 900, 900, 900, 0, 0);
    expect(lost()).toBe(2);
  });

  it("tells, once, that packets come again", async () => {
    const { watch, looks, back } = setUp();
    watch.start();
    await looks(900, 900, 900, 0, 0, 0, 0);
    expect(back()).toBe(0);
    await looks(900);
    expect(back()).toBe(1);
    await looks(900, 900);
    expect(back()).toBe(1);
  });

  it("leaves a path alone on which little comes", async () => {
    const { watch, looks, lost } = setUp();
    watch.start();
    for (let round = 0; round < 20; round++) await looks(60, 0, 0);
    expect(lost()).toBe(0);
  });

  it("leaves a single silent look alone", async () => {
    const { watch, looks, lost } = setUp();
    watch.start();
    for (let round = 0; round < 20; round++) await looks(900, 900, 900, 900, 900, 0);
    expect(lost()).toBe(0);
  });

  it("is quiet once it is stopped", async () => {
    const { timers, watch, looks, lost } = setUp();
    watch.start();
    await looks(900, 900, 900, 900, 900, 0);
    watch.stop();
    await looks(0, 0, 0);
    expect(lost()).toBe(0);
    expect(timers.pending).toBe(0);
  });
});
