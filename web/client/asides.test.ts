import { describe, expect, it } from "vitest";
import { Asides, type Passing } from "./asides";
import type { ClientMessage } from "./protocol";
import { Store } from "./store";
import { inRoom, joined, member, members, room } from "./testing/samples";

function company() {
  const sent: ClientMessage[] = [];
  const store = new Store(inRoom(member("sam")), () => 0);
  const send = (message: ClientMessage) => sent.push(message) > 0;
  return { sent, store, asides: new Asides({ store, send, ask: send }) };
}

describe("what goes on beside the talk", () => {
  it("is asked for again after every reconnection", () => {
    const { sent, store, asides } = company();
    asides.wish({ type: "captions-wanted", on: false });
    asides.wish({ type: "captions-wanted", on: true });
    sent.length = 0;
    store.dispatch({ type: "link", link: "lost" });
    expect(sent).toEqual([]);
    store.receive(joined({ entered: true, room: room({ members: [member("me"), member("sam")] }) }));
    expect(sent).toEqual([{ type: "polls-wanted" }, { type: "captions-wanted", on: true }]);
  });

  it("is asked for again by somebody who has been given the lead", () => {
    const { sent, store } = company();
    store.receive(members({ present: [member("me", { role: "mentee" })] }));
    expect(sent).toEqual([{ type: "polls-wanted" }]);
  });

  it("hands what passes by to whoever watches", () => {
    const { asides } = company();
    const seen: Passing[] = [];
    const end = asides.watch((message) => seen.push(message));
    const captions = { type: "captions", lines: [] } as const;
    asides.received(captions);
    asides.received({ type: "pong", sent: 0, now_ms: 0 });
    end();
    asides.received(captions);
    expect(seen).toEqual([captions]);
  });
});
