import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { decodeFrame, encodeFrame } from "./frames";
import { NotesSession } from "./session";
import { hasUnsent } from "./shelf";
import { below, Cupboard, chance, pick, someText, TrialServer } from "./trial";

const room = { id: "room", expires_ms: Date.now() + 3_600_000 };
const open: NotesSession[] = [];

function client(server: TrialServer, me: string, shelf: Cupboard | null = null) {
  const line = server.line();
  const session = new NotesSession({ transport: line, room, me, shelf });
  open.push(session);
  return { line, session, text: session.text };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const session of open.splice(0)) session.destroy();
  vi.useRealTimers();
});

describe("states", () => {
  it("are offline, saving, saved as the connection and the acknowledgements say", () => {
    const server = new TrialServer();
    const { line, session, text } = client(server, "a");
    const seen: string[] = [];
    session.onChange(() => {
      if (seen.at(-1) !== session.state) seen.push(session.state);
    });
    expect([session.state, session.ready]).toEqual(["offline", false]);
    line.connect();
    expect([session.state, session.ready]).toEqual(["saved", true]);
    server.holding = true;
    text.insert(0, "a");
    text.insert(1, "b");
    expect([session.state, server.text]).toEqual(["saving", ""]);
    server.release();
    expect([session.state, server.text]).toEqual(["saved", "ab"]);
    line.cut();
    text.insert(2, "c");
    expect([session.state, session.ready]).toEqual(["offline", true]);
    line.connect();
    expect([session.state, server.text]).toEqual(["saved", "abc"]);
    expect(seen).toEqual(["saving", "saved", "saving", "saved", "offline", "saving", "saved"]);
  });

  it("is not saved by an acknowledgement of earlier frames only", () => {
    const server = new TrialServer();
    const { line, session, text } = client(server, "a");
    line.connect();
    server.holding = true;
    text.insert(0, "a");
    session.saved(1);
    expect(session.state).toBe("saving");
    session.saved(2);
    expect(session.state).toBe("saved");
  });

  it("settles when saved, or says after a while that it did not", async () => {
    const server = new TrialServer();
    const { line, session, text } = client(server, "a");
    line.connect();
    server.holding = true;
    text.insert(0, "a");
    const late = session.settled(500);
    await vi.advanceTimersByTimeAsync(500);
    expect(await late).toBe(false);
    const soon = session.settled(500);
    server.release();
    expect(await soon).toBe(true);
  });
});

describe("a lost connection", () => {
  it("sends again what was never stored, and merges what others did meanwhile", () => {
    const server = new TrialServer();
    const [a, b] = [client(server, "a"), client(server, "b")];
    a.line.connect();
    b.line.connect();
    a.text.insert(0, "start ");
    server.holding = true;
    a.text.insert(6, "[sent, lost]");
    server.crash();
    server.holding = false;
    a.text.insert(0, "[offline]");
    expect(server.text).toBe("start ");
    b.line.connect();
    b.text.insert(6, "[b]");
    a.line.connect();
    expect(server.text).toBe(a.text.toString());
    expect(server.text).toBe(b.text.toString());
    for (const part of ["[sent, lost]", "[offline]", "[b]"]) expect(server.text).toContain(part);
    expect([a.session.state, b.session.state]).toEqual(["saved", "saved"]);
  });

  it("sends nothing before the server has said what it has", () => {
    const server = new TrialServer();
    const { line, session, text } = client(server, "a");
    vi.spyOn(server, "opened").mockImplementation(() => {});
    line.connect();
    text.insert(0, "early");
    expect(line.sent.map((frame) => frame.kind)).toEqual(["ask"]);
    expect(session.state).toBe("saving");
    session.frame(encodeFrame({ kind: "ask", vector: Y.encodeStateVector(server.doc) }));
    expect(line.sent.map((frame) => frame.kind)).toEqual(["ask", "reply"]);
    expect([server.text, session.state]).toEqual(["early", "saved"]);
  });

  it("sends piece by piece what is too large for one frame", () => {
    const server = new TrialServer();
    const { line, session, text } = client(server, "a");
    line.connect();
    line.cut();
    for (let i = 0; i < 12; i++) text.insert(0, "x".repeat(100_000));
    line.connect();
    expect(line.sent.filter((frame) => frame.kind === "update").length).toBe(12);
    expect([server.text.length, session.state]).toEqual([1_200_000, "saved"]);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))("whatever happens, all agree (seed %i)", (seed) => {
    const random = chance(seed);
    const server = new TrialServer();
    const clients = [client(server, "a"), client(server, "b"), client(server, "c")];
    for (const { line } of clients) line.connect();
    for (let step = 0; step < 300; step++) {
      const { line, text } = pick(random, clients);
      const dice = random();
      if (dice < 0.6) text.insert(below(random, text.length + 1), someText(random, 3));
      else if (dice < 0.75 && text.length > 2) text.delete(below(random, text.length - 2), 2);
      else if (dice < 0.85) line.connected ? line.cut() : line.connect();
      else if (dice < 0.9) server.holding = true;
      else if (dice < 0.97) server.release();
      else server.crash();
    }
    server.release();
    for (const { line } of clients) line.connected || line.connect();
    for (const { session, text } of clients) {
      expect([session.state, text.toString()]).toEqual(["saved", server.text]);
    }
    const fresh = client(server, "d");
    fresh.line.connect();
    expect(fresh.text.toString()).toBe(server.text);
  });
});

describe("a reload", () => {
  it("keeps what was not saved, and lets go of it once it is", () => {
    const server = new TrialServer();
    const shelf = new Cupboard();
    const before = client(server, "a", shelf);
    before.line.connect();
    before.text.insert(0, "saved, ");
    before.line.cut();
    before.text.insert(7, "unsaved");
    before.session.destroy();
    expect(shelf.length).toBe(1);
    expect([hasUnsent(shelf, room.id), hasUnsent(shelf, "other"), hasUnsent(null, room.id)]).toEqual([
      true,
      false,
      false,
    ]);

    const after = client(server, "a", shelf);
    expect(after.session.ready).toBe(false);
    after.line.connect();
    expect([after.text.toString(), server.text]).toEqual(["saved, unsaved", "saved, unsaved"]);
    expect([after.session.state, shelf.length]).toEqual(["saved", 0]);
  });

  it("writes down an edit that waits, even without a farewell", () => {
    const server = new TrialServer();
    const shelf = new Cupboard();
    const { line, text } = client(server, "a", shelf);
    line.connect();
    server.holding = true;
    text.insert(0, "x");
    expect(shelf.length).toBe(0);
    vi.advanceTimersByTime(300);
    expect(shelf.length).toBe(1);
    server.release();
    expect(shelf.length).toBe(0);
  });

  it("leaves alone what another room and another tab keep, and clears what has expired", () => {
    const server = new TrialServer();
    const shelf = new Cupboard();
    shelf.setItem(
      "compagnon.notes.unsent.other.1",
      JSON.stringify({ until: room.expires_ms, update: "AAA=" }),
    );
    shelf.setItem("compagnon.notes.unsent.gone.1", JSON.stringify({ until: 1, update: "AAA=" }));
    shelf.setItem("compagnon.notes.unsent.room.9", "not ours");
    shelf.setItem("theme", "dark");
    const tab = client(server, "a", shelf);
    tab.text.insert(0, "unsent");
    tab.session.keepNow();
    const mine = [...shelf.items.keys()].find((key) => key.startsWith("compagnon.notes.unsent.room."));
    const second = client(server, "a", shelf);
    tab.text.insert(0, "more ");
    tab.session.keepNow();
    second.line.connect();
    expect(server.text).toBe("unsent");
    expect([...shelf.items.keys()].sort()).toEqual(["compagnon.notes.unsent.other.1", mine, "theme"].sort());
  });

  it("goes on without storage", () => {
    const server = new TrialServer();
    const shelf = new Cupboard();
    vi.spyOn(shelf, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const { line, session, text } = client(server, "a", shelf);
    text.insert(0, "kept in memory");
    session.keepNow();
    line.connect();
    expect([server.text, session.state]).toEqual(["kept in memory", "saved"]);
  });
});

describe("presence", () => {
  it("tells others where one is and that one writes, not oftener than asked", () => {
    const server = new TrialServer();
    const [a, b] = [client(server, "a"), client(server, "b")];
    a.line.connect();
    b.line.connect();
    expect(b.session.presence.others()).toEqual([]);
    a.session.presence.open(150);
    a.text.insert(0, "hello");
    a.session.presence.typed();
    for (let at = 0; at <= 5; at++) {
      const position = Y.createRelativePositionFromTypeIndex(a.text, at);
      a.session.presence.move({ anchor: position, head: position });
    }
    vi.advanceTimersByTime(200);
    const [other] = b.session.presence.others();
    expect([other?.id, other?.typing]).toEqual(["a", true]);
    const head = other?.cursor
      ? Y.createAbsolutePositionFromRelativePosition(other.cursor.head, b.session.doc)
      : null;
    expect(head?.index).toBe(5);
    expect(a.line.sent.filter((frame) => frame.kind === "awareness").length).toBeLessThanOrEqual(2);
    vi.advanceTimersByTime(3_500);
    expect(b.session.presence.others()[0]?.typing).toBe(false);
    a.session.presence.close();
    expect(b.session.presence.others()).toEqual([]);
  });

  it("forgets the others with the connection and sees them again with the next, even if they sat still", () => {
    const server = new TrialServer();
    const [a, b] = [client(server, "a"), client(server, "b")];
    a.line.connect();
    b.line.connect();
    a.session.presence.open(150);
    let last: Uint8Array | undefined;
    vi.spyOn(server, "take").mockImplementation((_line, data) => {
      if (decodeFrame(data)?.kind === "awareness") last = data;
    });
    a.session.presence.republish();
    if (last) b.line.deliver(last);
    expect(b.session.presence.others().map(({ id }) => id)).toEqual(["a"]);
    b.line.cut();
    expect(b.session.presence.others()).toEqual([]);
    b.line.connect();
    if (last) b.line.deliver(last);
    expect(b.session.presence.others().map(({ id }) => id)).toEqual(["a"]);
  });

  it("takes no state that is not shaped like ours", () => {
    const server = new TrialServer();
    const { line, session } = client(server, "a");
    line.connect();
    for (const [client, state] of [null, 7, {}, { user: "x" }, { user: { id: 3 } }].entries()) {
      session.presence.awareness.states.set(client + 1, state as Record<string, unknown>);
    }
    session.presence.awareness.states.set(9, { user: { id: "b" }, cursor: { anchor: 1, head: null } });
    expect(session.presence.others()).toEqual([{ client: 9, id: "b", cursor: null, typing: false }]);
  });
});

describe("foreign line ends", () => {
  it("are taken out by whoever sees them, once", () => {
    const server = new TrialServer();
    const [a, b] = [client(server, "a"), client(server, "b")];
    a.line.connect();
    b.line.connect();
    const robot = new Y.Doc();
    robot.getText("notes").insert(0, "one\r\ntwo\r\n");
    const line = server.line();
    line.subscribe({ connected: () => line.open(), lost() {}, frame() {}, saved() {} });
    line.connect();
    line.send(encodeFrame({ kind: "update", update: Y.encodeStateAsUpdate(robot) }));
    for (const text of [a.text.toString(), b.text.toString(), server.text]) expect(text).toBe("one\ntwo\n");
  });
});
