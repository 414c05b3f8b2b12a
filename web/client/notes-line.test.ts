import { describe, expect, it } from "vitest";
import type { Connection } from "./connection";
import { NotesLine, NotesLines } from "./notes-line";

function setUp() {
  const sent: unknown[] = [];
  const connection = {
    send: (message: unknown) => sent.push(message),
    sendFrame: (frame: unknown) => sent.push(frame),
  } as unknown as Connection;
  const line = new NotesLine(() => connection, "");
  const heard: string[] = [];
  const end = line.subscribe({
    connected: () => heard.push("connected"),
    lost: () => heard.push("lost"),
    frame: (data) => heard.push(`frame ${data.length}`),
    saved: (count) => heard.push(`saved ${count}`),
  });
  return { line, sent, heard, end };
}

describe("NotesLine", () => {
  it("tells each coming and going of the connection once", () => {
    const { line, heard } = setUp();
    line.down();
    line.up();
    line.up();
    line.frame(new Uint8Array(3));
    line.saved(2);
    line.down();
    line.up();
    expect(heard).toEqual(["connected", "frame 3", "saved 2", "lost", "connected"]);
  });

  it("drops frames while there is no connection", () => {
    const { line, sent } = setUp();
    line.send(new Uint8Array(1));
    line.up();
    line.open();
    line.send(new Uint8Array(2));
    expect(sent).toEqual([{ type: "notes-open", room: "" }, new Uint8Array(2)]);
  });

  it("ends a subscription, even from within", () => {
    const { line, heard, end } = setUp();
    line.subscribe({ connected: () => end(), lost: () => {}, frame: () => {}, saved: () => {} });
    line.up();
    line.frame(new Uint8Array(1));
    expect(heard).toEqual(["connected"]);
  });
});

describe("NotesLines", () => {
  it("gives each room a line of its own, of which only the present one is up", () => {
    const lines = new NotesLines(() => ({ send: () => true }) as unknown as Connection);
    const main = lines.here;
    lines.up();
    lines.go("small");
    expect([lines.here.room, lines.here.connected, main.connected]).toEqual(["small", true, false]);
    const small = lines.here;
    lines.go("");
    expect(lines.here).toBe(main);
    expect([main.connected, small.connected]).toEqual([true, false]);
    lines.down();
    lines.go("small");
    expect([lines.here === small, small.connected]).toEqual([true, false]);
  });
});
