import { describe, expect, it } from "vitest";
import { cameraEncoding, screenEncoding } from "./sending";

describe("cameraEncoding", () => {
  it("sends 720 lines one to one", () => {
    expect(cameraEncoding(2, 720)).toEqual({
      maxBitrate: 2_500_000,
      scaleResolutionDownBy: 1,
      maxFramerate: 30,
    });
  });

  it("sends 360 lines in a group of three or four", () => {
    expect(cameraEncoding(3, 720)).toMatchObject({ maxBitrate: 600_000, scaleResolutionDownBy: 2 });
    expect(cameraEncoding(4, 720)).toEqual(cameraEncoding(3, 720));
  });

  it("sends between 180 and 270 lines in a group of five to eight", () => {
    for (let people = 5; people <= 8; people++) {
      const { maxBitrate, scaleResolutionDownBy } = cameraEncoding(people, 720);
      expect(maxBitrate).toBeLessThanOrEqual(300_000);
      expect(720 / scaleResolutionDownBy).toBeGreaterThanOrEqual(180);
      expect(720 / scaleResolutionDownBy).toBeLessThanOrEqual(270);
    }
  });

  it("never enlarges what a small camera gives", () => {
    expect(cameraEncoding(2, 480).scaleResolutionDownBy).toBe(1);
    expect(cameraEncoding(8, 120).scaleResolutionDownBy).toBe(1);
  });

  it("never sends more because somebody came", () => {
    let before = Number.POSITIVE_INFINITY;
    for (let people = 1; people <= 100; people++) {
      const { maxBitrate } = cameraEncoding(people, 720);
      expect(maxBitrate).toBeLessThanOrEqual(before);
      before = maxBitrate;
    }
  });
});

describe("screenEncoding", () => {
  it("keeps 1080 lines for letters and gives up movement in larger groups", () => {
    expect(screenEncoding(2, 1080)).toMatchObject({ scaleResolutionDownBy: 1, maxFramerate: 15 });
    expect(screenEncoding(6, 1080)).toMatchObject({ scaleResolutionDownBy: 1, maxFramerate: 5 });
    expect(screenEncoding(2, 2160).scaleResolutionDownBy).toBe(2);
  });
});
