import { expect, test } from "vitest";
import { Draft, type Shelf } from "./draft";

function shelf(): Shelf {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

test("a draft is kept for its own place, until it is empty", () => {
  const place = shelf();
  const draft = new Draft(place, "/m/1");
  draft.keep("Dear Zoë");
  expect(new Draft(place, "/m/1").read()).toBe("Dear Zoë");
  expect(new Draft(place, "/m/2").read()).toBe("");
  draft.keep(" \n");
  expect(draft.read()).toBe("");
});

test("storage that refuses is borne", () => {
  const refuse = (): never => {
    throw new Error("forbidden");
  };
  const draft = new Draft({ getItem: refuse, setItem: refuse, removeItem: refuse }, "/m/1");
  draft.keep("x");
  expect(draft.read()).toBe("");
});
