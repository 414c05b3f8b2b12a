import { describe, expect, it } from "vitest";
import { receive } from "./reduce";
import { likelyBetween, mostRounds, proposed } from "./rotation";
import { apart, box, inRoom, member } from "./testing/samples";

const people = (mentors: number, mentees: number) => [
  ...Array<{ role: "mentor" }>(mentors).fill({ role: "mentor" }),
  ...Array<{ role: "mentee" }>(mentees).fill({ role: "mentee" }),
];

describe("speed mentoring", () => {
  it.each([
    ["all", 0, 6, 5],
    ["all", 1, 4, 5],
    ["all", 0, 0, 0],
    ["roles", 3, 5, 5],
    ["roles", 4, 4, 4],
  ] as const)(
    "lets %s of %i mentors and %i mentees meet in %i rounds",
    (between, mentors, mentees, rounds) => {
      expect(mostRounds(between, people(mentors, mentees))).toBe(rounds);
    },
  );

  it("lets mentors meet mentees where there are several of both", () => {
    expect(likelyBetween(people(2, 3))).toBe("roles");
    expect(likelyBetween(people(1, 8))).toBe("all");
  });

  const timer = {
    status: "running",
    index: 1,
    boxes: [box("gathering", 600), box("rotations", 2_700, 0, { rotate_s: 600 }), box("sharing", 600)],
    since_ms: 0,
    turn: null,
  } as const;
  const at = (change: object = {}) => ({
    ...inRoom(member("sam"), member("ana"), member("bo")),
    timer: { ...timer, ...change },
  });

  it("is proposed to whoever leads when its box has come: as many rounds as fit", () => {
    expect(proposed(at())).toEqual({ between: "all", minutes: 11, rounds: 4, odd: "pause", stay: ["me"] });
    expect(proposed(at({ index: 0 }))).toBeNull();
    expect(proposed(at({ status: "ready" }))).toBeNull();
    const mentee = at();
    expect(proposed({ ...mentee, me: { ...mentee.me, role: "mentee" } })).toBeNull();
  });

  it("is not proposed again in a box in which people have met", () => {
    const during = receive(
      at(),
      { type: "apart", apart: apart([["sam", "ana"]], { how: "rotation" }), now_ms: 0 },
      0,
    );
    expect(proposed(during)).toBeNull();
    const after = receive(during, { type: "apart", apart: null, now_ms: 0 }, 0);
    expect(proposed(after)).toBeNull();
  });
});
