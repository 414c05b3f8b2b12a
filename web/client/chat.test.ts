import { describe, expect, it } from "vitest";
import { sayings } from "./announce";
import { pieces } from "./chat";
import type { ChatLine } from "./protocol";
import { act, receive } from "./reduce";
import type { State } from "./state";
import { inRoom, joined, member } from "./testing/samples";

const line = (id: string, from = "sam", at_ms = 0): ChatLine => ({
  id,
  member: from,
  text: `text ${id}`,
  at_ms,
});
const ids = (state: State) => state.chat.lines.map((each) => each.id);

describe("the chat", () => {
  it("takes each line once, in the order in which they were written", () => {
    let state = receive(inRoom(member("sam")), { type: "said", line: line("b", "sam", 2), key: null }, 0);
    state = receive(
      state,
      { type: "chat-lines", lines: [line("a", "me", 1), line("b", "sam", 2)], more: false },
      0,
    );
    state = receive(state, { type: "said", line: line("c", "sam", 3), key: null }, 0);
    state = receive(state, { type: "said", line: line("c", "sam", 3), key: null }, 0);
    expect(ids(state)).toEqual(["a", "b", "c"]);
    expect(state.chat.more).toBe(false);
  });

  it("counts what others write while it is closed, and shows it for a moment", () => {
    const before = inRoom(member("sam"));
    const after = receive(before, { type: "said", line: line("a"), key: null }, 0);
    expect(after.chat.unread).toBe(1);
    expect(sayings(before, after)).toEqual([
      { key: "say.chat", values: { name: "Sam", text: "text a" }, shown: "info" },
    ]);
    const opened = act(after, { type: "panel", panel: "chat" });
    expect(opened.chat.unread).toBe(0);
    expect(receive(opened, { type: "said", line: line("b", "sam", 1), key: null }, 0).chat.unread).toBe(0);
  });

  it("says nothing of one's own lines", () => {
    const before = inRoom(member("sam"));
    const after = receive(before, { type: "said", line: line("a", "me"), key: "1" }, 0);
    expect(sayings(before, after)).toEqual([]);
    expect(after.chat.unread).toBe(0);
  });

  it("gives back what could not be sent, or whose fate nobody knows", () => {
    let state = act(inRoom(member("sam")), { type: "chat-sent", key: "1", text: "one" });
    state = act(state, { type: "chat-sent", key: "2", text: "two", reply: "z" });
    state = receive(state, { type: "said", line: line("a", "me"), key: "1" }, 0);
    const refused = receive(
      state,
      { type: "error", code: "store-unavailable", about: "say", field: null },
      0,
    );
    expect(refused.chat.back).toEqual({ count: 1, text: "two", reply: "z" });
    expect(receive(state, joined(), 0).chat.back).toEqual({ count: 1, text: "two", reply: "z" });
  });

  it("shows who is writing until their line is there", () => {
    const state = receive(inRoom(member("sam")), { type: "types", member: "sam" }, 7);
    expect(state.chat.typing).toEqual({ sam: 7 });
    expect(receive(state, { type: "said", line: line("a"), key: null }, 8).chat.typing).toEqual({});
    expect(receive(state, { type: "types", member: "me" }, 9).chat.typing).toEqual({ sam: 7 });
  });
});

describe("addresses", () => {
  const hrefs = (text: string) => pieces(text).flatMap(({ href }) => href ?? []);

  it("can be followed, without what ends the sentence", () => {
    expect(hrefs("see https://example.org/a_(b), or http://x.test/?q=1&r=2.")).toEqual([
      "https://example.org/a_(b",
      "http://x.test/?q=1&r=2",
    ]);
    expect(pieces("no address").map(({ text }) => text)).toEqual(["no address"]);
  });

  it("are only http and https", () => {
    expect(hrefs("javascript:alert(1) data:text/html,x ftp://x.test file:///etc/passwd")).toEqual([]);
    expect(hrefs("https://")).toEqual([]);
  });

  it("lose nothing of the text", () => {
    const text = "a https://x.test, b <b>https://y.test</b>";
    expect(
      pieces(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });
});
