import { describe, expect, it } from "vitest";
import { connectionCheck, deviceTroubles } from "./check";
import { act, receive } from "./reduce";
import type { State } from "./state";
import { beginning, joined } from "./testing/samples";

describe("the connection check", () => {
  const green = receive(beginning(), joined(), 0);

  it("waits, then says how good it is by its round trip", () => {
    expect(connectionCheck(green)).toEqual({ state: "wait", key: "check.wait" });
    const ok = act(green, { type: "media", media: "ok" });
    expect(connectionCheck(ok).key).toBe("check.good");
    expect(connectionCheck(act(ok, { type: "round-trip", roundTrip: 250 }))).toEqual({
      state: "ok",
      key: "check.delay",
    });
    expect(connectionCheck(act(ok, { type: "round-trip", roundTrip: 900 })).key).toBe("check.slow");
  });

  it("tells a network that blocks from a server that is away", () => {
    expect(connectionCheck(act(green, { type: "media", media: "bad" })).key).toBe("check.blocked");
    expect(connectionCheck(act(green, { type: "link", link: "lost" }))).toEqual({
      state: "bad",
      key: "check.server",
    });
  });
});

describe("device troubles", () => {
  const trouble = (camera: "denied" | "busy" | null, microphone: "denied" | "none" | null): State => {
    const state = act(beginning(), { type: "mine", source: "camera", mine: "off", problem: camera });
    return act(state, { type: "mine", source: "microphone", mine: "off", problem: microphone });
  };

  it("are said once when they are the same", () => {
    expect(deviceTroubles(trouble("denied", "denied"))).toEqual([
      { source: "both", key: "device.both.denied", again: true },
    ]);
  });

  it("are said each when they differ", () => {
    expect(deviceTroubles(trouble("busy", "none")).map((each) => each.key)).toEqual([
      "device.microphone.none",
      "device.camera.busy",
    ]);
    expect(deviceTroubles(trouble(null, null))).toEqual([]);
  });

  it("offers to try again only where that can help", () => {
    const insecure = act(beginning(), { type: "mine", source: "camera", mine: "off", problem: "insecure" });
    expect(deviceTroubles(insecure)).toMatchObject([{ source: "camera", again: false }]);
  });
});
