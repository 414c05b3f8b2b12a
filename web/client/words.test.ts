import { describe, expect, it } from "vitest";
import type { Catalogue } from "./i18n";
import { FakeTimers, settle } from "./testing/fake-timers";
import { type Fetch, fetchWords } from "./words";

const WORDS = { "room.leave": "Leave" } as unknown as Catalogue;
const good: Fetch = () => Promise.resolve({ ok: true, json: () => Promise.resolve(WORDS) });
const gone: Fetch = () => Promise.reject(new TypeError("no network"));
const missing: Fetch = () => Promise.resolve({ ok: false, json: () => Promise.resolve({}) });
const silent: Fetch = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
  });

/** Answers in turn, the last one for ever; and what has come of it so far. */
function setUp(...answers: [Fetch, ...Fetch[]]) {
  const timers = new FakeTimers();
  const found: Catalogue[] = [];
  let asked = 0;
  const get: Fetch = (...what) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? good;
    asked += 1;
    return answer(...what);
  };
  void fetchWords("/words.json", timers, get, () => 0).then((words) => found.push(words));
  return { timers, found, asked: () => asked };
}

describe("fetchWords", () => {
  it("gives what comes at once, and leaves no timer behind", async () => {
    const { timers, found } = setUp(good);
    await settle();
    expect(found).toEqual([WORDS]);
    expect(timers.pending).toBe(0);
  });

  it("asks again soon where there is no network, or the server has none for the moment", async () => {
    const { timers, found, asked } = setUp(gone, missing, good);
    await timers.advance(299);
    expect(asked()).toBe(1);
    await timers.advance(1);
    expect(asked()).toBe(2);
    await timers.advance(1_200);
    expect(found).toEqual([WORDS]);
  });

  it("gives an answer up that does not come, and waits longer for the next", async () => {
    const { timers, found, asked } = setUp(silent, silent, good);
    await timers.advance(10_299);
    expect(asked()).toBe(1);
    await timers.advance(1);
    expect(asked()).toBe(2);
    await timers.advance(21_199);
    expect(found).toEqual([]);
    await timers.advance(1);
    expect(found).toEqual([WORDS]);
  });
});
