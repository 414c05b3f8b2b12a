import { describe, expect, it } from "vitest";
import { moved, pictureIn, placeAt, pointAt, pointing, STILL, stillPointing, WHOLE } from "./pointing";
import type { Pointers } from "./protocol";

const told = (points: Pointers["points"], gone: readonly string[] = []): Pointers => ({
  type: "pointers",
  points,
  gone,
});

describe("a pointer on a shared screen", () => {
  it("is a place of the picture, wherever that lies in its tile", () => {
    const wide = pictureIn(800, 800, 2);
    expect(wide).toEqual({ x: 0, y: 200, width: 800, height: 400 });
    expect(placeAt(wide, 400, 400)).toEqual({ x: WHOLE / 2, y: WHOLE / 2 });
    expect(placeAt(wide, 400, 100)).toBeNull();
    const tall = pictureIn(800, 400, 0.5);
    expect(tall).toEqual({ x: 300, y: 0, width: 200, height: 400 });
    expect(placeAt(tall, 299, 10)).toBeNull();
    expect(pointAt(tall, { x: WHOLE, y: WHOLE / 4 })).toEqual({ x: 500, y: 100 });
  });

  it("is moved by the arrows, and stays on the picture", () => {
    expect(moved({ x: 5_000, y: 5_000 }, "ArrowLeft", false)).toEqual({ x: 4_850, y: 5_000 });
    expect(moved({ x: 5_000, y: 9_800 }, "ArrowDown", true)).toEqual({ x: 5_000, y: WHOLE });
    expect(moved({ x: 0, y: 0 }, "ArrowUp", false)).toEqual({ x: 0, y: 0 });
    expect(moved({ x: 0, y: 0 }, "a", false)).toBeNull();
  });

  it("is shown on the screen that it points at, and goes when it is still", () => {
    const one = pointing(new Map(), told([{ member: "sam", of: "ana", x: 1, y: 2 }]), "ana", 100);
    expect([...one]).toEqual([["sam", { x: 1, y: 2, at: 100 }]]);
    expect(pointing(one, told([{ member: "sam", of: "bo", x: 3, y: 4 }]), "ana", 200).size).toBe(0);
    expect(pointing(one, told([], ["sam"]), "ana", 200).size).toBe(0);
    expect(stillPointing(one, 100 + STILL - 1).size).toBe(1);
    expect(stillPointing(one, 100 + STILL).size).toBe(0);
  });
});
