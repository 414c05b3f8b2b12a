import { describe, expect, it } from "vitest";
import { LazyViews, leavesEmpty, needed } from "./lazy";
import { act } from "./reduce";
import { FakeTimers } from "./testing/fake-timers";
import { beginning, inRoom, member } from "./testing/samples";

describe("views that are fetched later", () => {
  it("are those that the state shows, and words and people once one is in", () => {
    expect(needed(beginning())).toEqual([]);
    expect(needed(inRoom())).toEqual(["company"]);
    expect(needed(act(inRoom(), { type: "panel", panel: "details" }))).toEqual(["company", "details"]);
    expect(needed(inRoom(member("sam", { screen: true })))).toEqual(["company", "pointers"]);
  });

  it("are fetched once, and after a failure again by themselves", async () => {
    const timers = new FakeTimers();
    const asked: string[] = [];
    const failed: string[] = [];
    let line = false;
    const views = new LazyViews(
      timers,
      (view) => failed.push(view),
      () => views.fetch(["polls"]),
      async (view) => {
        asked.push(view);
        if (!line) throw new Error("no line");
      },
    );
    views.fetch(["polls"]);
    views.fetch(["polls"]);
    await timers.advance(1_000);
    expect([asked, failed]).toEqual([["polls"], ["polls"]]);
    line = true;
    await timers.advance(5_000);
    views.fetch(["polls"]);
    await timers.advance(60_000);
    expect([asked, failed]).toEqual([["polls", "polls"], ["polls"]]);
  });

  it("are missed by whoever looks at their panel alone", () => {
    expect(leavesEmpty("chat", "company")).toBe(true);
    expect(leavesEmpty("notes", "company")).toBe(false);
    expect(leavesEmpty(null, "polls")).toBe(false);
  });
});
