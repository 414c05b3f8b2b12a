import { describe, expect, it } from "vitest";
import { Outgoing } from "./outgoing";
import type { ClientMessage, Source } from "./protocol";
import { act, receive } from "./reduce";
import type { Encoding } from "./sending";
import type { State } from "./state";
import { FakeTrack } from "./testing/fake-devices";
import { beginning, inRoom, joined, member } from "./testing/samples";

function setUp(state: State) {
  const tracks: Partial<Record<Source, FakeTrack>> = {
    microphone: new FakeTrack("audio"),
    camera: new FakeTrack("video"),
  };
  const attached: Partial<Record<Source, unknown>> = {};
  const encodings: Partial<Record<Source, Encoding>> = {};
  const sent: ClientMessage[] = [];
  const now = { state, connected: true };
  const outgoing = new Outgoing({
    state: () => now.state,
    track: (source) => (tracks[source] ?? null) as MediaStreamTrack | null,
    negotiation: () => ({
      setTrack: async (source, track) => {
        attached[source] = track;
      },
      setEncoding: async (source, encoding) => {
        encodings[source] = encoding;
      },
    }),
    send: (message) => {
      if (now.connected) sent.push(message);
      return now.connected;
    },
  });
  return { outgoing, tracks, attached, encodings, sent, now };
}

const waiting = (): State => {
  const state = receive(beginning(), joined(), 0);
  const ready = act(state, { type: "mine", source: "camera", mine: "on" });
  return act(act(ready, { type: "mine", source: "microphone", mine: "on" }), {
    type: "entering",
    name: "Mona",
  });
};

const mine = (state: State, source: Source, on: boolean) =>
  act(state, { type: "mine", source, mine: on ? "on" : "off" });

describe("entering", () => {
  it("attaches what is there and says what it is, in one go", () => {
    const { outgoing, tracks, attached, sent } = setUp(waiting());
    outgoing.enter();
    expect(attached).toEqual({ microphone: tracks.microphone, camera: tracks.camera, screen: null });
    expect(sent).toEqual([{ type: "enter", name: "Mona", microphone: true, camera: true }]);
  });

  it("says only what is on already: a camera still opening is told when it is open", () => {
    const state = act(waiting(), { type: "mine", source: "camera", mine: "starting" });
    const { outgoing, sent, now } = setUp(state);
    outgoing.enter();
    expect(sent).toMatchObject([{ camera: false, microphone: true }]);
    now.state = receive(now.state, { type: "entered", member: member("me", { camera: false }) }, 0);
    now.state = mine(now.state, "camera", true);
    outgoing.tell();
    expect(sent[1]).toEqual({ type: "media", camera: true });
  });

  it("waits with the message while not joined", () => {
    const { outgoing, sent } = setUp(act(beginning(), { type: "entering", name: "Mona" }));
    outgoing.enter();
    expect(sent).toEqual([]);
  });
});

describe("telling", () => {
  it("says what changed, once", () => {
    const { outgoing, sent, now } = setUp(waiting());
    outgoing.enter();
    now.state = receive(now.state, { type: "entered", member: member("me") }, 0);
    now.state = mine(now.state, "microphone", false);
    outgoing.tell();
    outgoing.tell();
    expect(sent.slice(1)).toEqual([{ type: "media", microphone: false }]);
  });

  it("says again after a reconnection what could not be said", () => {
    const { outgoing, sent, now } = setUp(waiting());
    outgoing.enter();
    now.state = receive(now.state, { type: "entered", member: member("me") }, 0);
    now.connected = false;
    now.state = mine(now.state, "camera", false);
    outgoing.tell();
    now.connected = true;
    outgoing.resumed(member("me"));
    expect(sent.slice(1)).toEqual([{ type: "media", camera: false }]);
  });

  it("takes back a shared screen that a reload has ended", () => {
    const { outgoing, sent } = setUp(inRoom(member("sam")));
    outgoing.resumed(member("me", { screen: true }));
    expect(sent).toEqual([{ type: "media", screen: false }]);
  });
});

describe("how much is sent", () => {
  it("follows the number of people", () => {
    const { outgoing, encodings, now } = setUp(inRoom(member("sam")));
    outgoing.attach("camera");
    expect(encodings.camera?.scaleResolutionDownBy).toBe(1);
    now.state = inRoom(member("sam"), member("ana"));
    outgoing.shapeAll();
    expect(encodings.camera?.scaleResolutionDownBy).toBe(2);
    expect(encodings.microphone).toBeUndefined();
  });

  it("is nothing once detached", () => {
    const { outgoing, attached } = setUp(inRoom());
    outgoing.enter();
    outgoing.detachAll();
    expect(attached).toEqual({ microphone: null, camera: null, screen: null });
  });
});
