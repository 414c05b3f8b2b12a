import { describe, expect, it } from "vitest";
import { AgendaActs, ANSWER_WITHIN } from "./agenda-acts";
import type { AgendaEdit, Timer } from "./protocol";
import { FakeTimers } from "./testing/fake-timers";
import { timer } from "./testing/samples";

function acts(connected = true) {
  let now: Timer = { ...timer, revision: 4 };
  const sent: AgendaEdit[] = [];
  const timers = new FakeTimers();
  const agenda = new AgendaActs({
    timers,
    timer: () => now,
    ask: (message) => {
      sent.push(message as AgendaEdit);
      return connected;
    },
  });
  const becomes = (change: Partial<Timer>) => {
    now = { ...now, ...change };
    agenda.changed(now);
  };
  return { agenda, sent, timers, becomes };
}

const minutes = (box: string, count: number) => (): Omit<AgendaEdit, "type" | "revision"> => ({
  action: "minutes",
  box,
  minutes: count,
});

describe("edits of the agenda", () => {
  it("go one after the other, each for the agenda that the one before has made", () => {
    const { agenda, sent, becomes } = acts();
    agenda.edit(minutes("b0", 7));
    agenda.edit(minutes("b1", 8));
    expect(sent.map((each) => each.revision)).toEqual([4]);
    becomes({ status: "running" });
    expect(sent).toHaveLength(1);
    becomes({ revision: 5 });
    expect(sent.map((each) => [each.revision, each.box])).toEqual([
      [4, "b0"],
      [5, "b1"],
    ]);
  });

  it("that make no sense any more are left out", () => {
    const { agenda, sent } = acts();
    agenda.edit(() => null);
    agenda.edit(minutes("b1", 8));
    expect(sent.map((each) => each.box)).toEqual(["b1"]);
  });

  it("give up what was to follow when one is refused, or the line is down", () => {
    const { agenda, sent } = acts();
    agenda.edit(minutes("b0", 7));
    agenda.edit(minutes("b1", 8));
    agenda.refused();
    agenda.edit(minutes("b0", 9));
    expect(sent.map((each) => each.minutes)).toEqual([7, 9]);
    const down = acts(false);
    down.agenda.edit(minutes("b0", 7));
    down.agenda.edit(minutes("b0", 8));
    expect(down.sent).toHaveLength(2);
  });

  it("do not wait for ever for an answer", async () => {
    const { agenda, sent, timers } = acts();
    agenda.edit(minutes("b0", 7));
    agenda.edit(minutes("b1", 8));
    await timers.advance(ANSWER_WITHIN);
    expect(sent).toHaveLength(2);
  });
});
