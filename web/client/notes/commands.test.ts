import { describe, expect, it } from "vitest";
import {
  action,
  actionItem,
  bold,
  type Command,
  decision,
  heading,
  list,
  newline,
  ownerAt,
  toggleDone,
} from "./commands";

/** Runs a command on a text in which `|` marks the caret, or two of them the selection. */
function run(command: Command, marked: string): string | null {
  const anchor = marked.indexOf("|");
  const rest = marked.replace("|", "");
  const second = rest.indexOf("|");
  const text = rest.replace("|", "");
  const change = command(text, { anchor, head: second < 0 ? anchor : second });
  if (!change) return null;
  let changed = text;
  for (const { from, to, insert } of [...change.edits].reverse()) {
    changed = changed.slice(0, from) + insert + changed.slice(to);
  }
  const { anchor: a, head: b } = change.select;
  const [start, end] = [Math.min(a, b), Math.max(a, b)];
  const shown = `${changed.slice(0, start)}|${changed.slice(start)}`;
  return start === end ? shown : `${shown.slice(0, end + 1)}|${shown.slice(end + 1)}`;
}

describe("heading", () => {
  it.each([
    ["Goals|", "## Goals|"],
    ["|", "## |"],
    ["## Goals|", "Goals|"],
    ["# Go|als", "Go|als"],
    ["a\n|b\nc|\nd", "a\n## |b\n## c|\nd"],
  ])("%j becomes %j", (before, after) => expect(run(heading, before)).toBe(after));
});

describe("list", () => {
  it.each([
    ["one|", "- one|"],
    ["|one\n\ntwo|", "- |one\n\n- two|"],
    ["- |one\n- two|", "|one\ntwo|"],
    ["  3. thr|ee", "  thr|ee"],
    ["- [ ] @Ana do|", "- @Ana do|"],
    ["|one\n|two", "- |one\n|two"],
  ])("%j becomes %j", (before, after) => expect(run(list, before)).toBe(after));
});

describe("action", () => {
  const names = ["Ana", "Ana Lima", "Zoé"];
  it.each([
    ["|", "- [ ] @Ana |"],
    ["write the plan|", "- [ ] @Ana write the plan|"],
    ["- write|", "- [ ] @Ana write|"],
    ["  - [x] @Zoé wri|te", "  - [x] @Ana wri|te"],
    ["- [ ] @Ana Lima call|", "- [ ] @Ana call|"],
    ["- [ ] @Anatole call|", "- [ ] @Ana @Anatole call|"],
    ["|a\nb|", "- [ ] @Ana |a\n- [ ] @Ana b|"],
  ])("%j becomes %j", (before, after) => expect(run(action("Ana", names), before)).toBe(after));

  it("finds the longest name", () => {
    expect(ownerAt("@Ana Lima  call", 0, names)).toEqual({ name: "Ana Lima", end: 11 });
    expect(ownerAt("Ana", 0, names)).toBeNull();
  });

  it("is known again", () => {
    expect(actionItem("  * [x] @Zoé call")).toEqual({ box: 4, done: true, words: 8 });
    expect(actionItem("- [] no")).toBeNull();
  });
});

describe("decision", () => {
  it.each([
    ["|", "Decision: |"],
    ["we meet we|ekly", "Decision: we meet we|ekly"],
    ["- one|", "Decision: one|"],
    ["- [ ] on|e", "Decision: on|e"],
    ["Decision: one|", "one|"],
    ["**Décision :** on|e", "on|e"],
    ["|one\nDecision: two|", "Decision: |one\nDecision: two|"],
  ])("%j becomes %j", (before, after) => expect(run(decision("Decision: "), before)).toBe(after));
});

describe("toggleDone", () => {
  it.each([
    ["- [ ] @Ana a|", "- [x] @Ana a|"],
    ["- [x] a|", "- [ ] a|"],
    ["|- [x] a\n- [ ] b|", "|- [x] a\n- [x] b|"],
  ])("%j becomes %j", (before, after) => expect(run(toggleDone, before)).toBe(after));

  it("leaves other lines to the key's usual meaning", () => expect(run(toggleDone, "- a|")).toBeNull());
});

describe("bold", () => {
  it.each([
    ["a |word| b", "a **|word|** b"],
    ["a **|word|** b", "a |word| b"],
    ["a |**word**| b", "a |word| b"],
    ["caf|é noir", "**caf|é** noir"],
    ["**caf|é** noir", "caf|é noir"],
    ["|", "**|**"],
    ["**|**", "|"],
  ])("%j becomes %j", (before, after) => expect(run(bold, before)).toBe(after));
});

describe("newline", () => {
  it.each([
    ["- one|", "- one\n- |"],
    ["  * o|ne", "  * o\n  * |ne"],
    ["9. one|", "9. one\n10. |"],
    ["- [x] @Ana done|", "- [x] @Ana done\n- [ ] |"],
    ["a\n- |", "a\n|"],
    ["- [ ] |", "|"],
  ])("%j becomes %j", (before, after) => expect(run(newline, before)).toBe(after));

  it.each(["plain|", "|- before the marker", "-| one", "- |one|"])("is an ordinary line end in %j", (text) =>
    expect(run(newline, text)).toBeNull(),
  );
});
