import { describe, expect, it } from "vitest";
import { Awake, type AwakeHost } from "./awake";

function setUp(refuses = false) {
  const log: string[] = [];
  let look: () => void = () => undefined;
  const host: AwakeHost = {
    request: async () => {
      if (refuses) throw new Error("battery");
      log.push("lit");
      return { release: async () => void log.push("dark") };
    },
    visible: () => true,
    onVisible: (act) => {
      look = act;
    },
  };
  return { awake: new Awake(host), log, look: () => look() };
}

const settled = () => new Promise((done) => setTimeout(done, 0));

describe("the screen", () => {
  it("stays lit during a call, and not after it", async () => {
    const { awake, log } = setUp();
    awake.want(true);
    awake.want(true);
    await settled();
    awake.want(false);
    await settled();
    expect(log).toEqual(["lit", "dark"]);
  });

  it("is lit again when the page is looked at again", async () => {
    const { awake, log, look } = setUp();
    look();
    await settled();
    expect(log).toEqual([]);
    awake.want(true);
    await settled();
    look();
    await settled();
    expect(log).toEqual(["lit", "dark", "lit"]);
  });

  it("may go dark where the system says so", async () => {
    const { awake, log } = setUp(true);
    awake.want(true);
    await settled();
    awake.want(false);
    await settled();
    expect(log).toEqual([]);
  });

  it("is let go when the call ended before it was lit", async () => {
    const { awake, log } = setUp();
    awake.want(true);
    awake.want(false);
    await settled();
    expect(log).toEqual(["lit", "dark"]);
  });
});
