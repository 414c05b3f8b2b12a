import { describe, expect, it } from "vitest";
import type { View } from "./protocol";
import { FakeTimers } from "./testing/fake-timers";
import { Viewing } from "./viewing";

const tile = (member: string, lines = 360) => ({ member, source: "camera", lines }) as const;

function setUp() {
  const timers = new FakeTimers();
  const sent: string[] = [];
  const line = { up: true };
  const viewing = new Viewing(timers, ({ tiles }: View) => {
    if (line.up) sent.push(tiles.map((each) => each.member).join(" "));
    return line.up;
  });
  return { timers, sent, line, viewing };
}

describe("what is looked at", () => {
  it("is told at once, and again only when it is something else", async () => {
    const { timers, sent, viewing } = setUp();
    viewing.look([tile("sam"), tile("ana")]);
    await timers.advance(0);
    expect(sent).toEqual(["sam ana"]);
    viewing.look([tile("sam"), tile("ana")]);
    await timers.advance(5_000);
    expect(sent).toHaveLength(1);
    viewing.look([tile("sam", 180), tile("ana")]);
    await timers.advance(0);
    expect(sent).toHaveLength(2);
  });

  it("is told four times a second at most, as it is by then", async () => {
    const { timers, sent, viewing } = setUp();
    for (let page = 0; page < 10; page++) {
      viewing.look([tile(`p${page}`)]);
      await timers.advance(50);
    }
    await timers.advance(1_000);
    expect(sent).toEqual(["p0", "p4", "p9"]);
  });

  it("is told anew on another connection, and not before it is there", async () => {
    const { timers, sent, line, viewing } = setUp();
    line.up = false;
    viewing.look([tile("sam")]);
    await timers.advance(1_000);
    line.up = true;
    viewing.again();
    await timers.advance(0);
    expect(sent).toEqual(["sam"]);
    viewing.again();
    await timers.advance(1_000);
    expect(sent).toEqual(["sam", "sam"]);
    viewing.stop();
    viewing.again();
    await timers.advance(1_000);
    expect([sent.length, timers.pending]).toEqual([2, 0]);
  });
});
