import { describe, expect, it } from "vitest";
import { Asides } from "./asides";
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
    const unwant = asides.wantPointers();
    asides.wantPointers();
    unwant();
    sent.length = 0;
    store.dispatch({ type: "link", link: "lost" });
    expect(sent).toEqual([]);
    store.receive(joined({ entered: true, room: room({ members: [member("me"), member("sam")] }) }));
    expect(sent).toEqual([
      { type: "captions-wanted", on: true },
      { type: "polls-wanted" },
      { type: "pointers-wanted", on: true },
    ]);
    store.dispatch({ type: "captions", change: { shown: false } });
    expect(sent.at(-1)).toEqual({ type: "captions-wanted", on: false });
  });

  it("is asked for again by somebody who has been given the lead", () => {
    const { sent, store } = company();
    store.receive(members({ present: [member("me", { role: "mentee" })] }));
    expect(sent).toEqual([{ type: "polls-wanted" }]);
  });

  it("hands what passes by to whoever watches, the first words too", () => {
    const { asides } = company();
    const seen: string[] = [];
    const captions = { type: "captions", lines: [] } as const;
    asides.received(captions);
    const end = asides.watchCaptions(({ type }) => seen.push(type));
    asides.watchPointers(({ type }) => seen.push(type));
    asides.received(captions);
    asides.received({ type: "pointing-off", members: [] });
    asides.received({ type: "pong", sent: 0, now_ms: 0 });
    end();
    asides.received(captions);
    expect(seen).toEqual(["captions", "captions", "pointing-off"]);
  });
});
