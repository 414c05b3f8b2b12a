import { describe, expect, it } from "vitest";
import { sayings } from "./announce";
import type { QueuePlace, QueueVisitor } from "./protocol";
import { receive } from "./reduce";
import type { State } from "./state";
import { box, inRoom, member } from "./testing/samples";
import { marks, turnView } from "./timer";
import { nextOf, titleWords, visitMelody, waited } from "./visits";

const place = (change: Partial<QueuePlace> = {}): QueuePlace => ({
  type: "queue-place",
  place: 3,
  minutes: 20,
  behind: false,
  closed: false,
  about: "",
  ...change,
});

const visitor = (id: string, here = true): QueueVisitor => ({ id, name: id, about: "", since_ms: 0, here });

const atDoor = (): State => ({
  ...inRoom(),
  me: { ...inRoom().me, role: "mentee" },
  entered: false,
  waiting: true,
  place: place(),
});
const told = (state: State, now: QueuePlace) => receive(state, now, 0);

describe("a place in the queue", () => {
  it("is said when it changes, and how long it will be is not", () => {
    const before = atDoor();
    expect(sayings(before, told(before, place({ minutes: 19 })))).toEqual([]);
    expect(sayings(before, told(before, place({ place: 2, minutes: 10 })))).toEqual([
      { key: "queue.place", values: { count: 1 }, shown: null },
    ]);
    expect(sayings(before, told(before, place({ place: 1, minutes: 3, closed: true })))).toEqual([
      { key: "queue.next", values: {}, shown: null },
      { key: "queue.closed", values: {}, shown: null },
    ]);
  });

  it("is in the title while one looks elsewhere", () => {
    expect(titleWords(atDoor())).toEqual({ key: "queue.place", values: { count: 2 } });
    expect(titleWords(told(atDoor(), place({ place: 1 })))).toEqual({ key: "queue.next", values: {} });
    expect(titleWords(inRoom())).toBeNull();
  });

  it("sounds when one is next, and when it is one's turn", () => {
    const before = atDoor();
    const next = told(before, place({ place: 1 }));
    expect(visitMelody(before, next)).toBe("soon");
    expect(visitMelody(next, told(next, place({ place: 1, minutes: 1 })))).toBeNull();
    const turn = receive(next, { type: "entered", member: member("me") }, 0);
    expect(visitMelody(next, turn)).toBe("now");
    expect(sayings(next, turn)).toEqual([{ key: "queue.turn", values: {}, shown: "info" }]);
    expect(turn.place).toBeNull();
  });

  it("is had again by whoever is put back, who is nowhere else then", () => {
    const back = receive(inRoom(), { type: "waiting" }, 0);
    expect([back.entered, back.waiting, back.slots.length]).toEqual([false, true, 0]);
    expect(back.members.map(({ id }) => id)).not.toContain("me");
  });
});

describe("the desk", () => {
  it("lets in the first who is there", () => {
    const queue = { type: "queue", count: 2, visit: null, closed: false, done: 0, average_s: null } as const;
    expect(nextOf({ ...queue, line: [visitor("ana", false), visitor("bo")] })?.id).toBe("bo");
    expect(nextOf({ ...queue, line: [visitor("ana", false)] })).toBeNull();
    expect([waited(visitor("ana"), 119_000), waited(visitor("ana"), -5)]).toEqual([1, 0]);
  });
});

describe("a visit", () => {
  it("has its own clock, with a warning a minute before its end", () => {
    const timer = {
      revision: 1,
      status: "running",
      index: 0,
      boxes: [box("visits", 3600, 0, { queue: true, turn_s: 600 })],
      since_ms: 0,
      turn: { order: ["me"], index: 0, spent_ms: 0 },
    } as const;
    expect(turnView(timer, 60_000)?.remaining).toBe(540_000);
    const found = marks(timer, 0).map(({ mark, wait }) => [mark, wait]);
    expect(found.slice(0, 2)).toEqual([
      ["one-minute", 540_000],
      ["turn-up", 600_000],
    ]);
  });
});
