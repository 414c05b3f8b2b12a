import { describe, expect, it } from "vitest";
import { drawn, filled, placed, resized, roomsFor, roomsOf, whole } from "./apart-draft";

const ids = Array.from({ length: 7 }, (_, index) => `p${index}`);

/** A small congruential generator: chance that repeats itself. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe("a split that is thought out", () => {
  it.each([
    [7, 2, 3],
    [6, 3, 2],
    [1, 2, 1],
    [100, 2, 50],
    [5, 0, 5],
  ])("gives %i people in rooms of %i a number of rooms: %i", (people, size, rooms) => {
    expect(roomsFor(people, size)).toBe(rooms);
  });

  it("draws everybody once, as evenly as can be, whatever chance says", () => {
    for (let seed = 1; seed < 200; seed++) {
      const rooms = roomsOf(drawn(ids, 3, seeded(seed)), ids);
      expect(rooms.flat().sort()).toEqual(ids);
      expect(rooms.map(({ length }) => length).sort()).toEqual([2, 2, 3]);
    }
  });

  it("brings each with each other one about equally often", () => {
    const random = seeded(7);
    const met = new Map<string, number>();
    for (let time = 0; time < 3_000; time++) {
      const room = roomsOf(drawn(ids, 3, random), ids).find((each) => each.includes("p0")) ?? [];
      for (const other of room.filter((id) => id !== "p0")) met.set(other, (met.get(other) ?? 0) + 1);
    }
    const counts = [...met.values()];
    expect(counts).toHaveLength(6);
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.25);
  });

  it("puts whoever comes since where fewest are, and nobody else elsewhere", () => {
    const draft = { rooms: 3, places: { p0: 1, p1: 1, p2: 2 } };
    expect(roomsOf(filled(draft, ["p3", "p4", "p5", "p6"]), ids)).toEqual([
      ["p0", "p1", "p6"],
      ["p2", "p4"],
      ["p3", "p5"],
    ]);
  });

  it("takes one person elsewhere, and back to the main room", () => {
    const draft = placed(placed({ rooms: 2, places: {} }, "p1", 2), "p2", 1);
    expect(roomsOf(draft, ids)).toEqual([["p2"], ["p1"]]);
    expect(roomsOf(placed(draft, "p1", 0), ids)).toEqual([["p2"], []]);
  });

  it("leaves who was in a room that is taken away in the main room", () => {
    const draft = placed(placed({ rooms: 2, places: {} }, "p1", 2), "p2", 1);
    expect(resized(draft, 1)).toEqual({ rooms: 1, places: { p2: 1 } });
  });

  it("places only who is there", () => {
    expect(roomsOf(drawn(ids, 2, seeded(3)), ["p0", "gone"]).flat()).toEqual(["p0"]);
  });

  it.each([
    ["10", 10],
    [" 3 ", 3],
    ["0", null],
    ["241", null],
    ["2.5", null],
    ["1e2", null],
    ["", null],
  ])("reads %j as %j", (text, value) => {
    expect(whole(text, 1, 240)).toBe(value);
  });
});
