import { describe, expect, it } from "vitest";
import { Captioner, type RecognisedEvent, type Recogniser } from "./captioner";
import { FakeTimers } from "./testing/fake-timers";

class Ear implements Recogniser {
  lang = "";
  continuous = false;
  interimResults = false;
  onresult: Recogniser["onresult"] = null;
  onerror: Recogniser["onerror"] = null;
  onend: Recogniser["onend"] = null;
  listening = false;

  start(): void {
    this.listening = true;
  }

  abort(): void {
    this.listening = false;
  }

  hears(...heard: readonly (readonly [string, boolean])[]): void {
    const results = heard.map(([transcript, isFinal]) => Object.assign([{ transcript }], { isFinal }));
    this.onresult?.({ resultIndex: 0, results } satisfies RecognisedEvent);
  }
}

function listening() {
  const timers = new FakeTimers();
  const ears: Ear[] = [];
  const said: [number, string, boolean][] = [];
  const failed: string[] = [];
  const captioner = new Captioner({
    timers,
    recogniser: () => {
      const ear = new Ear();
      ears.push(ear);
      return ear;
    },
    said: (line, text, final) => said.push([line, text, final]),
    failed: (problem) => failed.push(problem),
  });
  const last = (): Ear => ears.at(-1) as Ear;
  return { timers, ears, said, failed, captioner, last };
}

describe("what has one's words understood", () => {
  it("tells halves now and then, and each whole line", async () => {
    const { captioner, timers, said, last } = listening();
    captioner.want("fr-FR");
    expect([last().lang, last().continuous, last().interimResults, last().listening]).toEqual([
      "fr-FR",
      true,
      true,
      true,
    ]);
    last().hears(["bon", false]);
    last().hears(["bonjour", false]);
    await timers.advance(500);
    last().hears(["bonjour à", false]);
    last().hears(["Bonjour à vous", true], ["et", false]);
    expect(said).toEqual([
      [0, "bon", false],
      [0, "bonjour à", false],
      [0, "Bonjour à vous", true],
      [1, "et", false],
    ]);
  });

  it("listens again after a silence, and no more when it is not wanted", async () => {
    const { captioner, timers, ears, last } = listening();
    captioner.want("en-GB");
    last().onend?.();
    await timers.advance(1_000);
    expect(ears).toHaveLength(2);
    captioner.want("en-GB");
    expect(ears).toHaveLength(2);
    const second = last();
    captioner.want(null);
    expect(second.listening).toBe(false);
    second.onend?.();
    await timers.advance(5_000);
    expect(ears).toHaveLength(2);
  });

  it("gives up, and says why, when it is not allowed or can't be reached", async () => {
    const { captioner, timers, failed, ears, last } = listening();
    captioner.want("en-GB");
    last().onerror?.({ error: "no-speech" });
    last().onerror?.({ error: "not-allowed" });
    expect(failed).toEqual(["denied"]);
    expect(last().listening).toBe(false);
    captioner.want("xx");
    last().onerror?.({ error: "language-not-supported" });
    captioner.want("en-GB");
    for (let end = 0; end < 6; end += 1) {
      last().onend?.();
      await timers.advance(5_000);
    }
    expect(failed).toEqual(["denied", "language-problem", "network"]);
    expect(ears).toHaveLength(2 + 6);
  });
});
