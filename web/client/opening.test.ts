import { describe, expect, it } from "vitest";
import { type Opening, Openings } from "./opening";
import { FakeTimers } from "./testing/fake-timers";

/** One tab, whose page is loaded again and again; a storage that refuses when it is told to. */
function setUp({ refuses = false } = {}) {
  const timers = new FakeTimers();
  const kept = new Map<string, string>();
  const store: Opening["store"] = () => {
    if (refuses) throw new DOMException("", "SecurityError");
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  };
  let online = true;
  let reloads = 0;
  const waiting: (() => void)[] = [];
  const open = () =>
    new Openings({
      store,
      online: () => online,
      whenOnline: (call) => waiting.push(call),
      after: (ms, call) => void timers.after(ms, call),
      reload: () => {
        reloads += 1;
      },
    });
  const network = (there: boolean) => {
    online = there;
    if (there) for (const call of waiting.splice(0)) call();
  };
  return { timers, open, network, kept, reloads: () => reloads };
}

describe("Openings", () => {
  it("loads a page again whose script did not come, later each time, and not for ever", async () => {
    const { timers, open, reloads } = setUp();
    for (const [index, wait] of [500, 2_000, 8_000, 30_000].entries()) {
      open().failed();
      await timers.advance(wait - 1);
      expect(reloads()).toBe(index);
      await timers.advance(1);
      expect(reloads()).toBe(index + 1);
    }
    open().failed();
    await timers.advance(600_000);
    expect(reloads()).toBe(4);
  });

  it("takes several scripts that fail at once for one", async () => {
    const { timers, open, reloads } = setUp();
    const page = open();
    page.failed();
    page.failed();
    page.loaded();
    await timers.advance(2_000);
    expect(reloads()).toBe(1);
  });

  it("begins to count anew when everything has come", async () => {
    const { timers, open, reloads, kept } = setUp();
    open().failed();
    open().loaded();
    expect(kept.size).toBe(0);
    open().failed();
    await timers.advance(500);
    expect(reloads()).toBe(2);
  });

  it("waits for a network", async () => {
    const { timers, open, network, reloads } = setUp();
    network(false);
    open().failed();
    await timers.advance(60_000);
    expect(reloads()).toBe(0);
    network(true);
    expect(reloads()).toBe(1);
  });

  it("lets it be where nothing can be remembered: it might never end", async () => {
    const { timers, open, reloads } = setUp({ refuses: true });
    open().failed();
    await timers.advance(60_000);
    expect(reloads()).toBe(0);
  });
});
