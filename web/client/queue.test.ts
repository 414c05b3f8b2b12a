import { describe, expect, it } from "vitest";
import { SerialQueue } from "./queue";

describe("SerialQueue", () => {
  it("runs one step after the other, whatever each takes", async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    let release = () => {};
    const first = queue.run(async () => {
      log.push("first begins");
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      log.push("first ends");
    });
    const second = queue.run(() => {
      log.push("second");
      return 2;
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(log).toEqual(["first begins"]);
    release();
    await first;
    expect(await second).toBe(2);
    expect(log).toEqual(["first begins", "first ends", "second"]);
  });

  it("goes on after a step that failed, and tells who asked", async () => {
    const queue = new SerialQueue();
    const failing = queue.run(() => {
      throw new Error("no");
    });
    const next = queue.run(() => "yes");
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("yes");
  });
});
