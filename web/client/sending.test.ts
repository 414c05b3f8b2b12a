import { describe, expect, it } from "vitest";
import type { Encoding as Asked } from "./protocol";
import { cameraEncodings, layersOf, screenEncodings } from "./sending";

const off: Asked = { rid: "q", active: false };

describe("the camera's layers", () => {
  it("are as many as browsers send of such a picture", () => {
    expect([1080, 720, 540, 480, 360, 270, 240, 90].map(layersOf)).toEqual([3, 3, 3, 2, 2, 2, 1, 1]);
  });

  it("are halves, and only the largest is sent until the server asks", () => {
    const { q, h, f } = cameraEncodings(720, 3, null);
    expect([q, h, f].map((each) => each?.scaleResolutionDownBy)).toEqual([4, 2, 1]);
    expect([q, h, f].map((each) => each?.active)).toEqual([false, false, true]);
    expect(f?.maxBitrate).toBe(2_500_000);
  });

  it("of a small camera leave the last ones out", () => {
    const { q, h, f } = cameraEncodings(360, 2, null);
    expect([q, h, f].map((each) => each?.active)).toEqual([false, true, false]);
    expect([q, h, f].map((each) => each?.scaleResolutionDownBy)).toEqual([2, 1, 1]);
    const one = cameraEncodings(240, 1, [
      { rid: "f", active: true },
      { ...off, active: true },
    ]);
    expect([one.q, one.h, one.f].map((each) => each?.active)).toEqual([true, false, false]);
  });

  it("are 720 lines at most", () => {
    expect(cameraEncodings(1080, 3, null).f?.scaleResolutionDownBy).toBe(1.5);
  });

  it("follow the server", () => {
    const { q, h, f } = cameraEncodings(720, 3, [
      { rid: "q", active: true, bitrate: 90_000 },
      { rid: "h", active: true, lines: 180, framerate: 10 },
      { rid: "f", active: false },
    ]);
    expect(q).toMatchObject({ active: true, maxBitrate: 90_000, maxFramerate: 30 });
    expect(h).toMatchObject({ active: true, scaleResolutionDownBy: 4, maxFramerate: 10 });
    expect(f?.active).toBe(false);
  });
});

describe("a shared screen", () => {
  it("is sharp and slow", () => {
    expect(screenEncodings(1440, null).q).toEqual({
      active: true,
      maxBitrate: 2_500_000,
      scaleResolutionDownBy: 1440 / 1080,
      maxFramerate: 15,
    });
  });

  it("follows the server, too", () => {
    expect(screenEncodings(720, [off]).q?.active).toBe(false);
    expect(screenEncodings(720, [{ rid: "q", active: true, framerate: 1 }]).q?.maxFramerate).toBe(1);
  });
});
