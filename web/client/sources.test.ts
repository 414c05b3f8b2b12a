import { describe, expect, it } from "vitest";
import type { Source } from "./protocol";
import { Sources } from "./sources";
import { FakeDevices } from "./testing/fake-devices";
import { settle } from "./testing/fake-timers";

function setUp() {
  const devices = new FakeDevices();
  const changes: string[] = [];
  const sent: Partial<Record<Source, unknown>> = {};
  const sources = new Sources(
    devices.host,
    { microphone: null, camera: null, speaker: null },
    {
      changed: (source, mine, problem) =>
        changes.push(`${source} ${mine}${problem === null ? "" : ` ${problem}`}`),
      track: (source, track) => {
        sent[source] = track;
      },
    },
  );
  return { devices, changes, sent, sources };
}

const both = { microphone: true, camera: true };

describe("Sources", () => {
  it("opens camera and microphone with one question", async () => {
    const { devices, changes, sent, sources } = setUp();
    await sources.open(both);
    expect(devices.asked).toHaveLength(1);
    expect(changes).toEqual(["microphone starting", "camera starting", "microphone on", "camera on"]);
    expect(sent.camera).toBe(sources.track("camera"));
    expect(sources.track("camera")?.contentHint).toBe("motion");
  });

  it("closes the camera when it is off, so that its light goes out", async () => {
    const { devices, sent, sources } = setUp();
    await sources.open(both);
    await sources.setCamera(false);
    expect(devices.live.map((track) => track.kind)).toEqual(["audio"]);
    expect(sent.camera).toBeNull();
  });

  it("keeps a muted microphone open, and opens none for somebody who never had one", async () => {
    const { devices, sources, changes } = setUp();
    await sources.open(both);
    await sources.setMicrophone(false);
    expect(sources.track("microphone")).toMatchObject({ enabled: false, readyState: "live" });
    await sources.setMicrophone(true);
    expect(sources.track("microphone")?.enabled).toBe(true);
    expect(devices.asked).toHaveLength(1);
    expect(changes.slice(-2)).toEqual(["microphone off", "microphone on"]);
    const fresh = setUp();
    await fresh.sources.setMicrophone(false);
    expect(fresh.devices.asked).toHaveLength(0);
  });

  it("closes at once what was switched off while it opened", async () => {
    const { devices, sources, changes, sent } = setUp();
    devices.hold();
    const opening = sources.setCamera(true);
    await sources.setCamera(false);
    devices.release();
    await opening;
    expect(devices.live).toEqual([]);
    expect(sent.camera).toBeUndefined();
    expect(changes).toEqual(["camera starting", "camera off"]);
  });

  it("names what went wrong", async () => {
    const { devices, sources, changes } = setUp();
    devices.failures = ["NotReadableError"];
    await sources.setCamera(true);
    expect(changes.at(-1)).toBe("camera off busy");
  });

  it("changes the camera in mid-call without a moment of none", async () => {
    const { devices, sources, sent, changes } = setUp();
    await sources.open(both);
    const before = sources.track("camera");
    const seen: unknown[] = [];
    const choosing = sources.choose("camera", "cam-2");
    seen.push(sent.camera);
    await choosing;
    seen.push(sent.camera);
    expect(seen[0]).toBe(before);
    expect(seen[1]).toMatchObject({ deviceId: "cam-2" });
    expect(before?.readyState).toBe("ended");
    expect(devices.live).toHaveLength(2);
    expect(changes.at(-1)).toBe("camera on");
  });

  it("closes the first camera when the second can't open beside it", async () => {
    const { devices, sources, sent } = setUp();
    await sources.open(both);
    devices.failures = ["NotReadableError"];
    await sources.choose("camera", "back");
    expect(sent.camera).toMatchObject({ deviceId: "back" });
    expect(devices.live.filter((track) => track.kind === "video")).toHaveLength(1);
  });

  it("stays muted when the microphone is changed while muted", async () => {
    const { sources, changes } = setUp();
    await sources.open(both);
    await sources.setMicrophone(false);
    await sources.choose("microphone", "mic-2");
    expect(sources.track("microphone")).toMatchObject({ deviceId: "mic-2", enabled: false });
    expect(changes.at(-1)).toBe("microphone off");
  });

  it("only remembers a choice while the device is off", async () => {
    const { devices, sources } = setUp();
    await sources.choose("camera", "cam-2");
    expect(devices.asked).toHaveLength(0);
    await sources.setCamera(true);
    expect(sources.track("camera")).toMatchObject({ deviceId: "cam-2" });
  });

  it("goes on with another microphone when one is pulled out, and says so of a camera", async () => {
    const { devices, sources, changes } = setUp();
    await sources.open(both);
    const [microphone, camera] = devices.opened;
    microphone?.stop();
    microphone?.onended?.();
    await settle();
    expect(sources.track("microphone")?.readyState).toBe("live");
    camera?.onended?.();
    expect(changes.at(-1)).toBe("camera off stopped");
    expect(sources.track("camera")).toBeNull();
  });

  it("notices that sharing was stopped in the browser's own bar", async () => {
    const { devices, sources, changes, sent } = setUp();
    await sources.setScreen(true);
    expect(sources.track("screen")?.contentHint).toBe("detail");
    devices.opened[0]?.onended?.();
    expect(sent.screen).toBeNull();
    expect(changes).toEqual(["screen starting", "screen on", "screen off"]);
  });

  it("closes everything", async () => {
    const { devices, sources } = setUp();
    await sources.open(both);
    await sources.setScreen(true);
    sources.stop();
    expect(devices.live).toEqual([]);
  });
});
