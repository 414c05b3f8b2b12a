import { describe, expect, it } from "vitest";
import {
  cropOrWhole,
  grid,
  mainAndStrip,
  nearestCorner,
  ownPicture,
  portrait,
  type Rect,
  single,
} from "./layout";

const stages = [
  [320, 480],
  [390, 660],
  [660, 300],
  [800, 600],
  [1280, 640],
  [3440, 1300],
] as const;

function expectInside(rects: readonly Rect[], width: number, height: number): void {
  for (const rect of rects) {
    expect(rect.x).toBeGreaterThanOrEqual(-0.01);
    expect(rect.y).toBeGreaterThanOrEqual(-0.01);
    expect(rect.x + rect.width).toBeLessThanOrEqual(width + 0.01);
    expect(rect.y + rect.height).toBeLessThanOrEqual(height + 0.01);
    expect(rect.width).toBeGreaterThan(0);
    expect(rect.height).toBeGreaterThan(0);
  }
}

function expectApart(rects: readonly Rect[]): void {
  rects.forEach((a, index) => {
    for (const b of rects.slice(index + 1)) {
      const apart =
        a.x + a.width <= b.x + 0.01 ||
        b.x + b.width <= a.x + 0.01 ||
        a.y + a.height <= b.y + 0.01 ||
        b.y + b.height <= a.y + 0.01;
      expect(apart).toBe(true);
    }
  });
}

describe("grid", () => {
  it.each(stages)("keeps 1 to 100 tiles inside %i × %i, apart and of one size", (width, height) => {
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8, 9, 25, 100]) {
      const rects = grid(count, width, height);
      expect(rects).toHaveLength(count);
      expectInside(rects, width, height);
      expectApart(rects);
      expect(new Set(rects.map((rect) => `${rect.width}×${rect.height}`)).size).toBe(1);
    }
  });

  it("puts two beside each other on a wide stage and one above the other on a phone", () => {
    const wide = grid(2, 1280, 640);
    expect(wide[0]?.y).toBe(wide[1]?.y);
    const tall = grid(2, 390, 660);
    expect(tall[0]?.x).toBe(tall[1]?.x);
  });

  it("centres an unfinished last row", () => {
    const rects = grid(5, 1280, 640);
    const last = rects.slice(3);
    const left = last[0]?.x ?? 0;
    const right = 1280 - ((last[1]?.x ?? 0) + (last[1]?.width ?? 0));
    expect(left).toBeCloseTo(right);
    expect(left).toBeGreaterThan(rects[0]?.x ?? 0);
  });

  it("takes no other number of columns than the best", () => {
    // 4 tiles of 16:9 on a square: 2 × 2 fills a width of 296 each; 1 or 3 or 4 columns would be smaller.
    const [tile] = grid(4, 600, 600);
    expect(tile?.width).toBeCloseTo(296);
  });

  it("is empty without tiles or without room", () => {
    expect(grid(0, 800, 600)).toEqual([]);
    expect(grid(3, 0, 600)).toEqual([]);
  });
});

describe("mainAndStrip", () => {
  it.each(stages)("keeps the main tile and the strip inside %i × %i and apart", (width, height) => {
    for (const others of [0, 1, 2, 4, 7, 30]) {
      const { main, strip } = mainAndStrip(others, width, height);
      expectInside([main, ...strip], width, height);
      expectApart([main, ...strip]);
      expect(strip.length).toBeLessThanOrEqual(others);
      for (const small of strip) expect(small.width * small.height).toBeLessThan(main.width * main.height);
    }
  });

  it("puts the strip beside on a wide stage and below on a tall one", () => {
    const wide = mainAndStrip(3, 1280, 640);
    expect(wide.strip[0]?.x).toBeGreaterThan(wide.main.width);
    const tall = mainAndStrip(3, 390, 660);
    expect(tall.strip[0]?.y).toBeGreaterThan(tall.main.height);
  });
});

describe("single", () => {
  it("fills a wide stage", () => {
    expect(single(16 / 9, 1280, 640)).toEqual({ x: 0, y: 0, width: 1280, height: 640 });
  });

  it("keeps a wide picture at 3:4 on a phone, and lets a tall one fill it", () => {
    expect(single(16 / 9, 390, 660).height).toBeCloseTo(520);
    expect(single(9 / 16, 390, 660).height).toBe(660);
  });
});

describe("portrait", () => {
  it("keeps a face in a tall place at 3:4, in its middle, and leaves a wide place alone", () => {
    expect(portrait({ x: 0, y: 10, width: 300, height: 600 })).toEqual({
      x: 0,
      y: 110,
      width: 300,
      height: 400,
    });
    const wide = { x: 0, y: 0, width: 800, height: 600 };
    expect(portrait(wide)).toEqual(wide);
  });
});

describe("ownPicture", () => {
  it.each(stages)("rests in each corner of %i × %i", (width, height) => {
    for (const corner of ["bottom-right", "bottom-left", "top-left", "top-right"] as const) {
      const rect = ownPicture(corner, width, height);
      expectInside([rect], width, height);
      expect(nearestCorner(rect.x + rect.width / 2, rect.y + rect.height / 2, width, height)).toBe(corner);
    }
  });
});

describe("cropOrWhole", () => {
  it("fills where little is lost and shows all where much would be", () => {
    expect(cropOrWhole(16 / 9, 16 / 9)).toBe("cover");
    expect(cropOrWhole(4 / 3, 16 / 9)).toBe("cover");
    expect(cropOrWhole(16 / 9, 3 / 4)).toBe("cover");
    expect(cropOrWhole(9 / 16, 16 / 9)).toBe("contain");
    expect(cropOrWhole(16 / 9, 9 / 19)).toBe("contain");
  });
});
