import { describe, expect, it } from "vitest";
import { FakeTimers } from "./testing/fake-timers";
import { UplinkWatch } from "./uplink-watch";

function setUp() {
  const timers = new FakeTimers();
  const told: number[] = [];
  const line: { available: number | null; connected: boolean } = { available: 900_000, connected: true };
  const watch = new UplinkWatch(
    timers,
    async () => line.available,
    ({ available }) => {
      if (line.connected) told.push(available);
      return line.connected;
    },
  );
  const pass = () => timers.advance(1_000);
  return { watch, line, told, pass };
}

describe("what the browser can send", () => {
  it("is told when it changes by much", async () => {
    const { watch, line, told, pass } = setUp();
    watch.start();
    await pass();
    await pass();
    line.available = 850_000;
    await pass();
    line.available = 400_000;
    await pass();
    expect(told).toEqual([900_000, 400_000]);
  });

  it("is all the same above what anybody sends", async () => {
    const { watch, line, told, pass } = setUp();
    line.available = 8_000_000;
    watch.start();
    await pass();
    line.available = 20_000_000;
    await pass();
    expect(told).toEqual([4_000_000]);
  });

  it("is told again when it could not be, and not at all by browsers that do not know", async () => {
    const { watch, line, told, pass } = setUp();
    line.connected = false;
    watch.start();
    await pass();
    line.connected = true;
    await pass();
    line.available = null;
    await pass();
    watch.stop();
    line.available = 10_000;
    await pass();
    expect(told).toEqual([900_000]);
  });
});
