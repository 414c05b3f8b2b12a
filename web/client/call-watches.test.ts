import { expect, it } from "vitest";
import { CallWatches } from "./call-watches";
import type { ClientMessage } from "./protocol";
import type { Look, Stat } from "./stats";
import { FakeTimers } from "./testing/fake-timers";

/** A way up on which most of speech is lost, and what the watches make of it. */
function setUp() {
  const timers = new FakeTimers();
  const sent: ClientMessage[] = [];
  const choked: boolean[] = [];
  const stats: Stat[] = [
    { id: "r", type: "remote-inbound-rtp", kind: "audio", localId: "o", fractionLost: 0.7 },
    {
      id: "p",
      type: "candidate-pair",
      nominated: true,
      state: "succeeded",
      availableOutgoingBitrate: 83_000,
    },
  ];
  const look = (): Promise<Look> => {
    const spoken: Stat = { id: "o", type: "outbound-rtp", kind: "audio", packetsSent: timers.now() / 20 };
    const all = [...stats, spoken];
    return Promise.resolve({ at: timers.now(), stats: new Map(all.map((stat) => [stat.id, stat])) });
  };
  const watches = new CallWatches({
    timers,
    look,
    send: (message) => sent.push(message) > 0,
    wait: () => undefined,
    choke: (on) => choked.push(on),
    relieve: () => undefined,
  });
  const seconds = async (count: number) => {
    for (let index = 0; index < count; index++) await timers.advance(1_000);
  };
  return { watches, seconds, sent, choked };
}

it("looks at media and tells the server while somebody is in the room, and not before", async () => {
  const { watches, seconds, sent, choked } = setUp();
  watches.follow(false, true);
  await seconds(10);
  expect([sent, choked]).toEqual([[], []]);
  watches.follow(true, true);
  await seconds(5);
  expect(sent).toContainEqual({ type: "uplink", available: 83_000 });
  expect(choked).toEqual([true]);
  watches.stop();
  expect(choked).toEqual([true, false]);
});

it("goes on looking at media while the server can't be told, and tells it anew when it is back", async () => {
  const { watches, seconds, sent, choked } = setUp();
  watches.follow(true, true);
  await seconds(2);
  watches.follow(true, false);
  sent.length = 0;
  await seconds(8);
  expect(choked).toEqual([true]);
  expect(sent).toEqual([]);
  watches.follow(true, true);
  await seconds(2);
  expect(sent).toContainEqual({ type: "uplink", available: 83_000 });
  expect(choked).toEqual([true]);
});
