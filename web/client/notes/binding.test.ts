import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { TextareaBinding } from "./binding";
import { boundaryAfter, boundaryBefore, LONGEST_INSERT } from "./text";
import { below, chance, Field, pick, someText } from "./trial";

/** A person at a textarea; what they send waits in `outbox` until the test delivers it. */
function person() {
  const doc = new Y.Doc();
  const text = doc.getText("notes");
  const undo = new Y.UndoManager(text, { trackedOrigins: new Set(), captureTimeout: 0 });
  const field = new Field();
  const binding = new TextareaBinding(field, text, undo);
  const outbox: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin !== "delivered") outbox.push(update);
  });
  return {
    doc,
    text,
    undo,
    field,
    binding,
    outbox,
    type(from: number, to: number, insert: string): void {
      field.type(from, to, insert);
      binding.input();
    },
    receive: (update: Uint8Array) => Y.applyUpdate(doc, update, "delivered"),
  };
}

type Person = ReturnType<typeof person>;

function deliver(from: Person, to: Person, most = Number.POSITIVE_INFINITY): void {
  for (let i = 0; i < most && from.outbox.length > 0; i++) {
    const update = from.outbox.shift();
    if (update) to.receive(update);
  }
}

describe("textarea binding", () => {
  it("shares what is typed and shows what others type, with the caret among its characters", () => {
    const [a, b] = [person(), person()];
    a.type(0, 0, "Bonjour 😀");
    deliver(a, b);
    expect(b.field.value).toBe("Bonjour 😀");
    b.field.setSelectionRange(4, 7, "backward");
    a.type(0, 0, "« ");
    deliver(a, b);
    expect(b.field.value).toBe("« Bonjour 😀");
    expect([b.field.selectionStart, b.field.selectionEnd]).toEqual([6, 9]);
    expect(b.field.selectionDirection).toBe("backward");
    expect(b.binding.selected()).toEqual({ anchor: 9, head: 6 });
  });

  it("keeps the caret where it is when somebody types right behind it", () => {
    const [a, b] = [person(), person()];
    a.type(0, 0, "ab");
    deliver(a, b);
    b.field.setSelectionRange(1, 1, "none");
    a.type(1, 1, "XYZ");
    deliver(a, b);
    expect([b.field.value, b.field.selectionStart]).toEqual(["aXYZb", 1]);
  });

  it("never sends half a pair: replacing one emoji by a similar one replaces it whole", () => {
    const [a, b] = [person(), person()];
    a.type(0, 0, "x😀y");
    deliver(a, b);
    a.type(1, 3, "😁");
    b.type(1, 3, "😂");
    deliver(a, b);
    deliver(b, a);
    expect(a.text.toString()).toBe(b.text.toString());
    expect(a.text.toString()).not.toContain("\ufffd");
    expect(a.text.toString()).toContain("😁");
  });

  it("takes a pair that comes in halves, as some keyboards send it", () => {
    const [a, b] = [person(), person()];
    a.type(0, 0, "\ud83d");
    deliver(a, b);
    expect(b.field.value).toBe("\ufffd");
    a.type(1, 1, "\ude00");
    deliver(a, b);
    expect([a.field.value, b.field.value, b.text.toString()]).toEqual(["😀", "😀", "😀"]);
  });

  it("leaves the field alone while composing, and loses nothing on either side", () => {
    const [a, b] = [person(), person()];
    a.type(0, 0, "début fin");
    deliver(a, b);
    b.binding.compose(true);
    b.type(6, 6, "に");
    a.type(0, 5, "Le tout début,");
    a.type(a.field.value.length, a.field.value.length, " finale");
    deliver(a, b);
    const writes = b.field.writes;
    b.type(6, 7, "日本");
    b.type(8, 8, "語");
    expect(b.field.writes).toBe(writes);
    expect(b.field.value).toBe("début 日本語fin");
    deliver(b, a);
    expect(a.field.value).toBe("Le tout début, 日本語fin finale");
    b.binding.compose(false);
    expect(b.field.value).toBe(a.field.value);
    expect(b.field.value.slice(0, b.field.selectionStart)).toBe("Le tout début, 日本語");
  });

  it("undoes and redoes this person's edits only, and puts the caret there", () => {
    const [a, b] = [person(), person()];
    a.type(0, 0, "mine");
    deliver(a, b);
    b.type(4, 4, " theirs");
    deliver(b, a);
    a.undo.undo();
    expect([a.field.value, a.field.selectionStart]).toEqual([" theirs", 0]);
    a.undo.redo();
    expect([a.field.value, a.field.selectionStart]).toEqual(["mine theirs", 4]);
    deliver(a, b);
    expect(b.field.value).toBe("mine theirs");
  });

  it("carries out commands: several edits at once and a selection", () => {
    const [a, b] = [person(), person()];
    a.type(0, 0, "one\ntwo");
    const edits = [
      { from: 0, to: 0, insert: "- " },
      { from: 4, to: 4, insert: "- " },
    ];
    a.binding.command(edits, { anchor: 2, head: 11 });
    deliver(a, b);
    expect([a.field.value, b.field.value]).toEqual(["- one\n- two", "- one\n- two"]);
    expect([a.field.selectionStart, a.field.selectionEnd]).toEqual([2, 11]);
  });

  it("takes back what no update could carry", () => {
    const a = person();
    a.type(0, 0, "kept");
    a.field.type(1, 3, "x".repeat(LONGEST_INSERT + 1));
    expect(a.binding.input()).toBe("too-long");
    expect([a.field.value, a.text.toString()]).toEqual(["kept", "kept"]);
    a.field.type(4, 4, "!");
    expect(a.binding.input()).toBe("shared");
    expect(a.text.toString()).toBe("kept!");
  });

  it.each(Array.from({ length: 60 }, (_, seed) => seed))("converges with seed %i", (seed) => {
    const random = chance(seed);
    const people = [person(), person()] as const;
    for (let step = 0; step < 150; step++) {
      const me = pick(random, people);
      const { length } = me.field.value;
      const dice = random();
      if (dice < 0.55) {
        const value = me.field.value;
        const from = boundaryBefore(value, below(random, length + 1));
        const to = random() < 0.6 ? from : boundaryAfter(value, Math.min(length, from + below(random, 12)));
        me.type(from, to, random() < 0.75 ? someText(random, 4) : "");
      } else if (dice < 0.65) {
        me.binding.compose(true);
      } else if (dice < 0.75) {
        me.binding.compose(false);
      } else if (dice < 0.8) {
        if (random() < 0.5) me.undo.undo();
        else me.undo.redo();
      } else {
        const [a, b] = random() < 0.5 ? people : ([people[1], people[0]] as const);
        deliver(a, b, 1 + below(random, 4));
      }
    }
    const [a, b] = people;
    a.binding.compose(false);
    b.binding.compose(false);
    deliver(a, b);
    deliver(b, a);
    expect(a.text.toString()).toBe(b.text.toString());
    for (const { field, text } of people) expect(field.value).toBe(text.toString());
    expect(a.text.toString()).not.toContain("\ufffd");
    // What the server would load from what was sent.
    const server = new Y.Doc();
    Y.applyUpdate(server, Y.encodeStateAsUpdate(a.doc));
    expect(server.getText("notes").toString()).toBe(a.text.toString());
  });
});
