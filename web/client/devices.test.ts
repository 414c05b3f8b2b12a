import { describe, expect, it } from "vitest";
import {
  type DeviceHost,
  listDevices,
  type MediaDevicesLike,
  openDevices,
  openScreen,
  problemOf,
} from "./devices";
import { FakeTrack } from "./testing/fake-devices";

const failure = (name: string, message = "") => Object.assign(new Error(message), { name });

function host(getUserMedia: (constraints: MediaStreamConstraints) => Promise<MediaStream>): DeviceHost {
  return { secure: true, devices: { getUserMedia } as unknown as MediaDevicesLike };
}

const stream = (...kinds: string[]) => {
  const tracks = kinds.map((kind) => new FakeTrack(kind));
  return {
    getTracks: () => tracks,
    getAudioTracks: () => tracks.filter((track) => track.kind === "audio"),
    getVideoTracks: () => tracks.filter((track) => track.kind === "video"),
  } as unknown as MediaStream;
};

const wish = { deviceId: null };

describe("problemOf", () => {
  it.each([
    ["NotAllowedError", "Permission denied", "denied"],
    ["NotAllowedError", "Permission denied by system", "denied-system"],
    ["NotFoundError", "", "none"],
    ["NotReadableError", "", "busy"],
    ["AbortError", "", "busy"],
    ["OverconstrainedError", "", "constraint"],
    ["TypeError", "", "unsupported"],
    ["WhateverError", "", "failed"],
  ])("%s (%s) is %s", (name, message, problem) => {
    expect(problemOf(failure(name, message))).toBe(problem);
  });
});

describe("openDevices", () => {
  it("asks once for both", async () => {
    const asked: MediaStreamConstraints[] = [];
    const opened = await openDevices(
      host(async (constraints) => {
        asked.push(constraints);
        return stream("audio", "video");
      }),
      wish,
      wish,
    );
    expect(asked).toHaveLength(1);
    expect(opened).toMatchObject({
      microphone: { track: { kind: "audio" } },
      camera: { track: { kind: "video" } },
    });
  });

  it("keeps the microphone when there is no camera", async () => {
    const opened = await openDevices(
      host(async ({ video }) => {
        if (video) throw failure("NotFoundError");
        return stream("audio");
      }),
      wish,
      wish,
    );
    expect(opened).toMatchObject({ microphone: { track: { kind: "audio" } }, camera: { problem: "none" } });
  });

  it("does not ask again after a no", async () => {
    let asked = 0;
    const opened = await openDevices(
      host(async () => {
        asked += 1;
        throw failure("NotAllowedError");
      }),
      wish,
      wish,
    );
    expect(asked).toBe(1);
    expect(opened).toEqual({ microphone: { problem: "denied" }, camera: { problem: "denied" } });
  });

  it("opens only what is wished for, on the device that was chosen", async () => {
    const asked: MediaStreamConstraints[] = [];
    const opened = await openDevices(
      host(async (constraints) => {
        asked.push(constraints);
        return stream("video");
      }),
      null,
      { deviceId: "cam-2" },
    );
    expect(opened.microphone).toBeNull();
    expect(asked).toMatchObject([{ video: { deviceId: { ideal: "cam-2" } } }]);
    expect(asked[0]?.audio).toBeUndefined();
  });

  it("tells an insecure page from a browser that can't", async () => {
    const insecure = { secure: false, devices: undefined };
    const old = { secure: true, devices: undefined };
    expect(await openDevices(insecure, wish, wish)).toEqual({
      microphone: { problem: "insecure" },
      camera: { problem: "insecure" },
    });
    expect(await openDevices(old, null, wish)).toMatchObject({ camera: { problem: "unsupported" } });
  });
});

describe("openScreen", () => {
  const sharing = (getDisplayMedia: unknown): DeviceHost => ({
    secure: true,
    devices: { getDisplayMedia } as MediaDevicesLike,
  });

  it("takes a change of mind for no problem", async () => {
    const changed = sharing(async () => {
      throw failure("NotAllowedError");
    });
    expect(await openScreen(changed)).toEqual({ track: null });
  });

  it("says what the system refuses and what the browser can't", async () => {
    const refused = sharing(async () => {
      throw failure("NotAllowedError", "Permission denied by system");
    });
    expect(await openScreen(refused)).toEqual({ problem: "denied-system" });
    expect(await openScreen(sharing(undefined))).toEqual({ problem: "unsupported" });
  });
});

describe("listDevices", () => {
  it("sorts by kind and leaves out what has no id yet", async () => {
    const devices = {
      enumerateDevices: async () => [
        { kind: "videoinput", deviceId: "c", label: "Front" },
        { kind: "audioinput", deviceId: "", label: "" },
        { kind: "audiooutput", deviceId: "s", label: "" },
      ],
    } as unknown as MediaDevicesLike;
    expect(await listDevices({ secure: true, devices })).toEqual({
      camera: [{ id: "c", label: "Front" }],
      microphone: [],
      speaker: [{ id: "s", label: "" }],
    });
    expect(await listDevices({ secure: false, devices: undefined })).toEqual({
      camera: [],
      microphone: [],
      speaker: [],
    });
  });
});
