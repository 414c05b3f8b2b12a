import { describe, expect, it } from "vitest";
import { isOver, onward } from "./onward";

describe("onward", () => {
  it.each([
    ["", null],
    ["/sessions/s1", { href: "/sessions/s1", words: "left.after" }],
    ["/j/t.k/wrap-up", { href: "/j/t.k/wrap-up?zone=America%2FMontreal", words: "left.recap" }],
  ])("%j leads on", (path, expected) => expect(onward(path, "America/Montreal")).toEqual(expected));

  it("does without a zone", () =>
    expect(onward("/j/t.k/wrap-up", "")).toEqual({ href: "/j/t.k/wrap-up", words: "left.recap" }));
});

describe("isOver", () => {
  it.each([
    ["ready", 0, false],
    ["running", 2, false],
    ["running", 0, true],
    ["paused", 1, false],
    ["finished", 3, true],
  ] as const)("%s with %i here: %s", (status, here, over) => expect(isOver({ status }, here)).toBe(over));
});
