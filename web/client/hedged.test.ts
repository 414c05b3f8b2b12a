import { describe, expect, it } from "vitest";
import { HedgedSocket } from "./hedged";
import { FakeSocket } from "./testing/fake-socket";
import { FakeTimers } from "./testing/fake-timers";

function setUp() {
  const timers = new FakeTimers();
  const attempts: FakeSocket[] = [];
  const socket = new HedgedSocket(() => {
    const attempt = new FakeSocket();
    attempts.push(attempt);
    return attempt;
  }, timers);
  const seen: string[] = [];
  socket.onopen = () => seen.push("open");
  socket.onclose = () => seen.push("close");
  socket.onmessage = ({ data }) => seen.push(String(data));
  return { timers, attempts, socket, seen };
}

describe("HedgedSocket", () => {
  it("is one socket where that opens in time", async () => {
    const { timers, attempts, socket, seen } = setUp();
    socket.binaryType = "arraybuffer";
    attempts[0]?.onopen?.();
    await timers.advance(5_000);
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.binaryType).toBe("arraybuffer");
    socket.send(JSON.stringify({ type: "leave" }));
    expect(attempts[0]?.sent).toEqual([{ type: "leave" }]);
    attempts[0]?.onmessage?.({ data: "hello" });
    attempts[0]?.onclose?.();
    expect(seen).toEqual(["open", "hello", "close"]);
  });

  it("tries a second time, and goes on with whichever opens first", async () => {
    const { timers, attempts, socket, seen } = setUp();
    socket.binaryType = "arraybuffer";
    await timers.advance(700);
    expect(attempts).toHaveLength(2);
    expect(attempts[1]?.binaryType).toBe("arraybuffer");
    attempts[1]?.onopen?.();
    expect(attempts[0]?.closed).toBe(true);
    expect(attempts[0]?.onopen).toBeNull();
    socket.send(JSON.stringify({ type: "leave" }));
    expect(attempts[0]?.sent).toEqual([]);
    expect(attempts[1]?.sent).toEqual([{ type: "leave" }]);
    expect(seen).toEqual(["open"]);
  });

  it("is closed when every attempt has failed, not before", async () => {
    const { timers, attempts, seen } = setUp();
    await timers.advance(700);
    attempts[0]?.onclose?.();
    expect(seen).toEqual([]);
    attempts[1]?.onclose?.();
    expect(seen).toEqual(["close"]);
  });

  it("is refused at once where the server refuses, without a second try", async () => {
    const { timers, attempts, seen } = setUp();
    attempts[0]?.onclose?.();
    await timers.advance(5_000);
    expect(attempts).toHaveLength(1);
    expect(seen).toEqual(["close"]);
  });

  it("closes all it has begun, silently", async () => {
    const { timers, attempts, socket, seen } = setUp();
    await timers.advance(700);
    socket.close();
    await timers.advance(5_000);
    expect(attempts.map((attempt) => attempt.closed)).toEqual([true, true]);
    expect(seen).toEqual([]);
  });
});
