import { describe, expect, it } from "vitest";
import { sayings } from "./announce";
import { needed } from "./lazy";
import { answered, pollId, pollOnScreen, results } from "./polls";
import type { Poll, PollNow } from "./protocol";
import { act, receive } from "./reduce";
import type { State } from "./state";
import { inRoom, member } from "./testing/samples";

const poll = (change: Partial<Poll> = {}): Poll => ({
  id: "poll-one",
  question: "Which day?",
  choices: ["Monday", "Friday"],
  several: false,
  anonymous: false,
  status: "open",
  by: "sam",
  at_ms: 1,
  voters: 0,
  counts: null,
  shown: false,
  ...change,
});

const now = (change: Partial<Poll> = {}): PollNow => ({ type: "poll", poll: poll(change) });
const told = (state: State, ...messages: Parameters<typeof receive>[1][]) =>
  messages.reduce((each, message) => receive(each, message, 0), state);
const said = (before: State, then: State) => sayings(before, then).map((each) => each.key);

describe("polls", () => {
  it("shows what is asked last, then the last result that is for everybody", () => {
    const state = told(inRoom(member("sam")), now(), now({ id: "poll-two", at_ms: 2 }));
    expect(pollOnScreen(state.polls)?.id).toBe("poll-two");
    const closed = told(state, now({ status: "closed", shown: true, counts: [0, 0] }));
    expect(pollOnScreen(closed.polls)?.id).toBe("poll-two");
    const both = told(closed, now({ id: "poll-two", at_ms: 2, status: "closed", counts: [0, 0] }));
    expect(pollOnScreen(both.polls)?.id).toBe("poll-one");
    expect(pollOnScreen(told(both, { type: "poll-gone", poll: "poll-one" }).polls)).toBeNull();
  });

  it("keeps one's own answer, and shares of those who answered", () => {
    const voted = told(
      inRoom(),
      now(),
      { type: "voted", vote: { poll: "poll-one", choices: [1] } },
      now({ voters: 3, counts: [1, 2] }),
    );
    const [shown] = voted.polls.list;
    expect(shown).toBeDefined();
    if (shown === undefined) return;
    const own = answered(voted.polls, shown);
    expect(results(shown, own)).toEqual([
      { choice: "Monday", count: 1, percent: 33, own: false },
      { choice: "Friday", count: 2, percent: 67, own: true },
    ]);
    expect(results(poll(), [])).toBeNull();
    expect(results(poll({ counts: [0, 0] }), [])?.[0]?.percent).toBe(0);
  });

  it("forgets who answered what when that has changed", () => {
    const named = told(inRoom(), now({ counts: [1, 0], voters: 1 }), {
      type: "voters",
      poll: "poll-one",
      choices: [["sam"], []],
    });
    expect(named.polls.voters["poll-one"]).toEqual([["sam"], []]);
    expect(told(named, now({ counts: [1, 1], voters: 2 })).polls.voters).toEqual({});
  });

  it("says what is asked and when it is over, but not what was asked before one came", () => {
    const state = inRoom(member("sam"));
    const asked = told(state, now());
    expect(sayings(state, asked)).toEqual([
      { key: "say.poll", values: { name: "Sam", question: "Which day?" }, shown: null },
    ]);
    const answer = told(asked, { type: "voted", vote: { poll: "poll-one", choices: [0] } });
    expect(said(asked, answer)).toEqual(["say.poll-voted"]);
    expect(said(answer, told(answer, now({ status: "closed" })))).toEqual(["say.poll-closed"]);
    expect(said(state, told(state, now({ by: "me" })))).toEqual(["say.poll-you"]);
    expect(said(state, told(state, now({ status: "draft" })))).toEqual([]);
    expect(said(state, told(state, now({ status: "closed" })))).toEqual([]);
  });

  it("fetches what shows them only when there is something to show", () => {
    const state = inRoom();
    expect(needed(state)).toEqual(["company"]);
    expect(needed(told(state, now()))).toEqual(["company", "polls"]);
    expect(needed(act(state, { type: "panel", panel: "polls" }))).toEqual(["company", "polls"]);
  });

  it("names a new poll at random", () => {
    expect(pollId(() => 0)).toBe("A".repeat(16));
    expect(pollId(() => 0.9999)).toMatch(/^[A-Za-z0-9_-]{16}$/);
  });
});
