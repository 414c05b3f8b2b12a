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

describe("the smallest of several layers", () => {
  const alone: Asked[] = [
    { rid: "q", active: true, bitrate: 90_000 },
    { rid: "h", active: false },
    { rid: "f", active: false },
  ];

  it("is no smaller than those that are off where it is sent alone, which spares it WebRTC's finer grain", () => {
    const { q, h, f } = cameraEncodings(720, 3, alone);
    expect([q, h, f].map((each) => each?.scaleResolutionDownBy)).toEqual([4, 4, 4]);
    expect([q, h, f].map((each) => each?.active)).toEqual([true, false, false]);
    expect(h?.maxBitrate).toBeLessThan(90_000);
    expect(f?.maxBitrate).toBeLessThan(90_000);
  });

  it("leaves the others their size as soon as one of them is sent, and sends what there is when it is off", () => {
    const both = cameraEncodings(720, 3, [...alone.slice(0, 1), { rid: "h", active: true }]);
    expect([both.q, both.h, both.f].map((each) => each?.scaleResolutionDownBy)).toEqual([4, 2, 1]);
    const none = cameraEncodings(720, 3, [off]);
    expect([none.q, none.h, none.f].map((each) => each?.scaleResolutionDownBy)).toEqual([4, 2, 1]);
  });
});

describe("a shared screen", () => {
  it("is sharp and slow, and smaller only where text can still be read", () => {
    const { q, h, f } = screenEncodings(1440, 2, null);
    expect(h).toEqual({
      active: true,
      maxBitrate: 2_500_000,
      scaleResolutionDownBy: 1440 / 1080,
      maxFramerate: 15,
    });
    expect(q).toEqual({ active: false, maxBitrate: 350_000, scaleResolutionDownBy: 2, maxFramerate: 5 });
    expect(f).toBeUndefined();
  });

  it("of a small screen has all lines in both", () => {
    const { q, h } = screenEncodings(600, 2, null);
    expect([q, h].map((each) => each?.scaleResolutionDownBy)).toEqual([1, 1]);
  });

  it("is one layer on a device that bears no more", () => {
    const { q, h } = screenEncodings(1080, 1, null);
    expect(q).toMatchObject({ active: true, scaleResolutionDownBy: 1, maxFramerate: 15 });
    expect(h?.active).toBe(false);
  });

  it("follows the server, too", () => {
    expect(screenEncodings(720, 2, [off]).q?.active).toBe(false);
    expect(screenEncodings(720, 2, [{ rid: "q", active: true, framerate: 1 }]).q?.maxFramerate).toBe(1);
  });
});

describe("the codec", () => {
  it("is as the server asks, and else as it was", () => {
    const asked: Asked[] = [{ rid: "q", active: true, codec: "av1" }];
    expect(cameraEncodings(720, 3, asked).q?.codec).toBe("av1");
    expect(cameraEncodings(720, 3, [{ ...off, codec: null }]).q).not.toHaveProperty("codec");
  });
});
