import { describe, expect, it } from "vitest";
import { Connection } from "./connection";
import type { Join, ServerMessage } from "./protocol";
import { FakeSocket } from "./testing/fake-socket";
import { FakeTimers } from "./testing/fake-timers";
import { joined } from "./testing/samples";

function setUp(
  hello: () => Promise<Join> = async () => ({ type: "join", token: "t", language: "en" }),
  readyState = 0,
) {
  const timers = new FakeTimers();
  const sockets: FakeSocket[] = [];
  const messages: ServerMessage[] = [];
  const frames: Uint8Array[] = [];
  let losses = 0;
  const connection = new Connection({
    connect: () => {
      const socket = new FakeSocket();
      socket.readyState = readyState;
      sockets.push(socket);
      return socket;
    },
    listener: {
      hello,
      message: (message) => messages.push(message),
      frame: (data) => frames.push(data),
      lost: () => {
        losses += 1;
      },
    },
    timers,
    random: () => 0,
  });
  const latest = () => sockets[sockets.length - 1] as FakeSocket;
  const up = async () => {
    latest().onopen?.();
    await timers.advance(0);
    latest().say(joined({ now_ms: timers.now() + 500 }));
  };
  return { connection, timers, sockets, messages, frames, latest, up, losses: () => losses };
}

describe("Connection", () => {
  it("says join first, and nothing before it", async () => {
    const { connection, timers, latest } = setUp();
    connection.start();
    await timers.advance(0);
    expect(connection.send({ type: "leave" })).toBe(false);
    latest().onopen?.();
    expect(connection.send({ type: "leave" })).toBe(false);
    await timers.advance(0);
    expect(connection.send({ type: "leave" })).toBe(true);
    expect(latest().sent.map((message) => message.type)).toEqual(["join", "leave"]);
  });

  it("says join at once on a socket that is open when it is taken", async () => {
    const { connection, timers, latest, sockets } = setUp(undefined, 1);
    connection.start();
    await timers.advance(0);
    expect(latest().sent.map((message) => message.type)).toEqual(["join"]);
    await timers.advance(9_000);
    expect(sockets).toHaveLength(1);
  });

  it("hands on messages and frames, and keeps pongs for the clock", async () => {
    const { connection, timers, latest, up, messages, frames } = setUp();
    connection.start();
    await timers.advance(0);
    await up();
    latest().say({ type: "speaker", member: "sam" });
    latest().say({ type: "pong", sent: timers.now(), now_ms: timers.now() + 500 });
    latest().onmessage?.({ data: new Uint8Array([1, 2]).buffer });
    expect(messages.map((message) => message.type)).toEqual(["joined", "speaker"]);
    expect(frames).toEqual([new Uint8Array([1, 2])]);
    expect(connection.clock.offset).toBe(500);
  });

  it("knows the server's clock to 100 ms from the pings of a bad line", async () => {
    const { connection, timers, latest, up } = setUp();
    connection.start();
    await timers.advance(0);
    await up();
    const trips = [
      [250, 40],
      [30, 260],
      [45, 50],
      [190, 20],
    ] as const;
    for (const [there, back] of trips) {
      const socket = latest();
      const count = socket.of("ping").length;
      while (socket.of("ping").length === count) await timers.advance(50);
      const sent = socket.of("ping")[count]?.sent ?? 0;
      await timers.advance(there);
      const server = timers.now() + 7_000;
      await timers.advance(back);
      socket.say({ type: "pong", sent, now_ms: server });
    }
    expect(Math.abs(connection.clock.offset - 7_000)).toBeLessThanOrEqual(100);
    expect(connection.clock.uncertainty).toBeLessThanOrEqual(100);
  });

  it("comes back at 0, 0.3, 1.2 and 2.7 s after a loss", async () => {
    const { connection, timers, sockets, latest, up, losses } = setUp();
    connection.start();
    await timers.advance(0);
    await up();
    latest().onclose?.();
    expect(losses()).toBe(1);
    const tried: number[] = [];
    const begin = timers.now();
    let known = sockets.length;
    while (tried.length < 5) {
      await timers.advance(50);
      if (sockets.length > known) {
        known = sockets.length;
        tried.push(timers.now() - begin);
        latest().onclose?.();
      }
    }
    // Rounded up to the test's steps of 50 ms.
    expect(tried).toEqual([50, 350, 1_550, 4_250, 6_950]);
  });

  it("is back within five seconds of the server's return, after any outage of two minutes", async () => {
    const { connection, timers, sockets, latest, up } = setUp();
    connection.start();
    await timers.advance(0);
    await up();
    latest().onclose?.();
    const down = timers.now();
    let known = sockets.length;
    while (timers.now() - down < 115_000) {
      await timers.advance(100);
      if (sockets.length > known) latest().onclose?.();
      known = sockets.length;
    }
    const back = timers.now();
    while (sockets.length === known) await timers.advance(100);
    expect(timers.now() - back).toBeLessThanOrEqual(5_000);
  });

  it("begins the distances anew after it was joined", async () => {
    const { connection, timers, sockets, latest, up } = setUp();
    connection.start();
    await timers.advance(0);
    for (let loss = 0; loss < 4; loss++) {
      await up();
      const before = sockets.length;
      latest().onclose?.();
      await timers.advance(0);
      expect(sockets.length).toBe(before + 1);
    }
  });

  it("gives up a connection that never opens, and one that is never answered", async () => {
    const { connection, timers, sockets, latest } = setUp();
    connection.start();
    await timers.advance(0);
    await timers.advance(6_000);
    expect(sockets[0]?.closed).toBe(true);
    await timers.advance(300);
    expect(sockets).toHaveLength(2);
    latest().onopen?.();
    await timers.advance(10_000);
    expect(sockets[1]?.closed).toBe(true);
  });

  it("notices a server that has fallen silent", async () => {
    const { connection, timers, sockets, latest, up } = setUp();
    connection.start();
    await timers.advance(0);
    await up();
    const socket = latest();
    await timers.advance(20_500);
    expect(socket.closed).toBe(true);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it("stays with a server that answers its pings", async () => {
    const { connection, timers, sockets, latest, up } = setUp();
    connection.start();
    await timers.advance(0);
    await up();
    for (let second = 0; second < 60; second++) {
      await timers.advance(1_000);
      const ping = latest().of("ping").at(-1);
      if (ping !== undefined) latest().say({ type: "pong", sent: ping.sent, now_ms: timers.now() });
    }
    expect(sockets).toHaveLength(1);
  });

  it("tries at once when it is woken while waiting", async () => {
    const { connection, timers, sockets, latest, up } = setUp();
    connection.start();
    await timers.advance(0);
    await up();
    for (let attempt = 0; attempt < 5; attempt++) {
      latest().onclose?.();
      await timers.advance(2_700);
    }
    latest().onclose?.();
    const before = sockets.length;
    await timers.advance(100);
    expect(sockets).toHaveLength(before);
    connection.wake();
    await timers.advance(0);
    expect(sockets).toHaveLength(before + 1);
  });

  it("finds out quickly on waking that a connection is dead, and keeps one that lives", async () => {
    const { connection, timers, sockets, latest, up } = setUp();
    connection.start();
    await timers.advance(0);
    await up();
    await timers.advance(3_000);
    connection.wake();
    const ping = latest().of("ping").at(-1);
    await timers.advance(100);
    latest().say({ type: "pong", sent: ping?.sent ?? 0, now_ms: 0 });
    await timers.advance(2_400);
    expect(sockets).toHaveLength(1);
    connection.wake();
    await timers.advance(2_500);
    expect(sockets).toHaveLength(2);
  });

  it("begins an attempt anew that was made while nothing went, when woken", async () => {
    const { connection, timers, sockets } = setUp();
    connection.start();
    await timers.advance(0);
    await timers.advance(500);
    connection.wake();
    await timers.advance(0);
    expect(sockets).toHaveLength(1);
    await timers.advance(1_600);
    connection.wake();
    await timers.advance(0);
    expect(sockets).toHaveLength(2);
    expect(sockets[0]?.closed).toBe(true);
  });

  it("does not speak on a socket that closed while the offer was being made", async () => {
    let give = (_: Join) => {};
    const { connection, timers, sockets, latest } = setUp(
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    );
    connection.start();
    await timers.advance(0);
    const first = latest();
    first.onopen?.();
    first.onclose?.();
    await timers.advance(300);
    give({ type: "join", token: "t" });
    await timers.advance(0);
    expect(first.sent).toEqual([]);
    expect(sockets).toHaveLength(2);
  });

  it("stays away once it is stopped", async () => {
    const { connection, timers, sockets, latest, up, losses } = setUp();
    connection.start();
    await timers.advance(0);
    await up();
    connection.stop();
    latest().onclose?.();
    connection.wake();
    await timers.advance(60_000);
    expect(sockets).toHaveLength(1);
    expect(losses()).toBe(0);
    expect(timers.pending).toBe(0);
  });
});
