import { describe, expect, it } from "vitest";
import { sayings } from "./announce";
import {
  fresh,
  type Heard,
  heard,
  isNew,
  keepState,
  lastWords,
  likelyLanguage,
  STAYS,
  understands,
} from "./captions";
import { needed } from "./lazy";
import type { CaptionLine, Keeping } from "./protocol";
import { act, receive } from "./reduce";
import type { State } from "./state";
import { inRoom, member } from "./testing/samples";

const line = (member: string, number: number, text: string, final = false): CaptionLine => ({
  member,
  line: number,
  text,
  final,
  language: "en-GB",
});

const keeping = (state: State, by: string | null, ...agreed: string[]): State =>
  receive(state, { type: "keeping", keeping: { by, agreed } satisfies Keeping }, 0);

describe("captions", () => {
  it("become clearer word by word, and go on with the next line", () => {
    let lines: readonly Heard[] = heard([], line("sam", 1, "so wat"), 0);
    lines = heard(lines, line("sam", 1, "So what", true), 1);
    expect(lines.map(lastWords)).toEqual(["So what"]);
    lines = heard(lines, line("sam", 2, "do we"), 2);
    expect(lines.map(lastWords)).toEqual(["So what do we"]);
    // What was finally understood is not unlearnt by what came late.
    expect(heard(lines, line("sam", 1, "late"), 3)).toBe(lines);
  });

  it("keep each person in their place, three at most, until they are silent", () => {
    let lines: readonly Heard[] = [];
    for (const [at, who] of ["sam", "ana", "sam", "bo", "me"].entries())
      lines = heard(lines, line(who, at, who), at);
    expect(lines.map((each) => each.member)).toEqual(["ana", "bo", "me"]);
    expect(fresh(lines, STAYS + 3).map((each) => each.member)).toEqual(["me"]);
  });

  it("show the last of many words, cut between two", () => {
    const [long] = heard([], line("sam", 1, "word ".repeat(60).trim()), 0);
    expect(long && lastWords(long)).toMatch(/^… ?word( word)+$/);
    expect(long && lastWords(long).length).toBeLessThanOrEqual(122);
  });

  it("are new to a screen reader once, when they are final", () => {
    const before = heard([], line("sam", 1, "half"), 0);
    expect(isNew(before, line("sam", 1, "half of it"))).toBe(false);
    expect(isNew(before, line("sam", 1, "All of it", true))).toBe(true);
    expect(
      isNew(heard(before, line("sam", 1, "All of it", true), 1), line("sam", 1, "All of it", true)),
    ).toBe(false);
  });

  it("of oneself are made only while one wants it and the microphone is on", () => {
    const on = act(inRoom(), { type: "captioning", captioning: true });
    expect(understands(inRoom())).toBe(false);
    expect(understands(on)).toBe(true);
    expect(understands(act(on, { type: "mine", source: "microphone", mine: "off" }))).toBe(false);
    expect(understands({ ...on, me: { ...on.me, role: "observer" } })).toBe(false);
  });

  it("are fetched when there are any, or a question about them", () => {
    expect(needed(inRoom())).toEqual(["company"]);
    expect(needed(receive(inRoom(), { type: "captions", lines: [] }, 0))).toEqual(["company", "captions"]);
    expect(needed(keeping(inRoom(), "sam", "sam"))).toEqual(["company", "captions"]);
    expect(needed(act(inRoom(), { type: "panel", panel: "captions" }))).toEqual(["company", "captions"]);
  });

  it("are kept when everybody has agreed, and each step of that is said", () => {
    const alone = inRoom(member("sam"));
    const asked = keeping(alone, "sam", "sam");
    expect([keepState(alone), keepState(asked)]).toEqual(["none", "asked"]);
    expect(sayings(alone, asked)).toEqual([{ key: "say.keep-asked", values: { name: "Sam" }, shown: null }]);
    const kept = keeping(asked, "sam", "sam", "me");
    expect(keepState(kept)).toBe("kept");
    expect(keepState(keeping(inRoom(member("sam"), member("ana")), "sam", "sam", "me"))).toBe("waits");
    expect(sayings(kept, keeping(kept, null)).map((each) => each.key)).toEqual(["say.keep-none"]);
  });

  it("take the language that the browser is set to, as far as it is known", () => {
    expect(likelyLanguage(["fr-CA", "en"], "en")).toBe("fr-CA");
    expect(likelyLanguage(["fr"], "en")).toBe("fr-FR");
    expect(likelyLanguage(["ca-ES"], "fr")).toBe("fr-FR");
    expect(likelyLanguage([], "en")).toBe("en-GB");
  });
});
