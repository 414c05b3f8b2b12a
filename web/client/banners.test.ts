import { describe, expect, it } from "vitest";
import { bannerOf } from "./banners";
import { act, receive } from "./reduce";
import { beginning, inRoom, member, members } from "./testing/samples";

describe("the banner", () => {
  it("is silent when all is well, and outside the room", () => {
    expect(bannerOf(inRoom(member("sam")))).toBeNull();
    expect(bannerOf(act(beginning(), { type: "link", link: "lost" }))).toBeNull();
  });

  it("says the most pressing thing", () => {
    let state = act(inRoom(member("sam")), { type: "sound-blocked", blocked: true });
    expect(bannerOf(state)).toMatchObject({ key: "sound", act: "sound" });
    state = act(state, { type: "media", media: "bad" });
    expect(bannerOf(state)).toMatchObject({ key: "media-bad", act: "media" });
    state = receive(state, { type: "saving", held: true }, 0);
    expect(bannerOf(state)?.key).toBe("saving");
    state = act(state, { type: "link", link: "lost" });
    expect(bannerOf(state)).toMatchObject({ key: "lost", act: "reconnect" });
  });

  it("tells a server that restarts from a line that is lost", () => {
    const state = receive(inRoom(member("sam")), { type: "bye", reason: "stopping" }, 0);
    expect(bannerOf(state)?.key).toBe("stopping");
  });

  it("offers to turn one's camera off on a weak line, while it is on", () => {
    const weak = receive(
      inRoom(member("sam")),
      members({ quality: [{ member: "me", quality: "poor", score: 50 }] }),
      0,
    );
    expect(bannerOf(weak)).toMatchObject({ key: "weak", act: "camera-off" });
    expect(bannerOf(weak)?.sentence).toBeUndefined();
    const advised = receive(weak, { type: "advice", advice: "busy" }, 0);
    expect(bannerOf(advised)).toMatchObject({ key: "weak", sentence: "advice.busy", act: "camera-off" });
    expect(bannerOf(act(weak, { type: "mine", source: "camera", mine: "off" }))).toBeNull();
  });
});
