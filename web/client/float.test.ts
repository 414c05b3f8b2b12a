import { describe, expect, it } from "vitest";
import { shownIn } from "./float";
import { inRoom, member } from "./testing/samples";

describe("the small window", () => {
  it("shows whoever speaks, else whoever spoke last, else somebody; never oneself", () => {
    const state = { ...inRoom(), members: [member("me"), member("sam"), member("kim")] };
    const shown = (speaker: string | null, lastSpeaker: string | null = null) =>
      shownIn({ ...state, speaker, lastSpeaker })?.id;
    expect([shown(null), shown("kim"), shown("me", "kim"), shown("me")]).toEqual([
      "sam",
      "kim",
      "kim",
      "sam",
    ]);
    expect(shownIn({ ...state, members: [member("me")] })).toBeNull();
  });
});
