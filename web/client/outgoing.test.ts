import { describe, expect, it } from "vitest";
import { Outgoing } from "./outgoing";
import type { Capture, ClientMessage, Source, VideoCodec } from "./protocol";
import { act, receive } from "./reduce";
import type { Encodings } from "./sending";
import { PLAIN } from "./spoken";
import type { State } from "./state";
import { FakeTrack } from "./testing/fake-devices";
import { settle } from "./testing/fake-timers";
import { beginning, inRoom, joined, member } from "./testing/samples";

function setUp(state: State) {
  const tracks: Partial<Record<Source, FakeTrack>> = {
    microphone: new FakeTrack("audio"),
    camera: new FakeTrack("video"),
  };
  const attached: Partial<Record<Source, unknown>> = {};
  const encodings: Partial<Record<Source, Encodings>> = {};
  const sent: ClientMessage[] = [];
  const captures: Capture[] = [];
  const now = { state, connected: true, codecs: [] as VideoCodec[], packing: PLAIN };
  const outgoing = new Outgoing({
    state: () => now.state,
    track: (source) => (tracks[source] ?? null) as MediaStreamTrack | null,
    negotiation: () => ({
      setTrack: async (source, track) => {
        attached[source] = track;
      },
      setEncodings: async (source, each) => {
        encodings[source] = each;
      },
      codecs: async () => now.codecs,
      pack: async (packing) => {
        now.packing = packing;
      },
    }),
    send: (message) => {
      if (!now.connected) return false;
      if (message.type === "capture") captures.push(message);
      else sent.push(message);
      return true;
    },
  });
  return { outgoing, tracks, attached, encodings, sent, captures, now };
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
  it("follows what the server asks for, also when it asked before there was a picture", () => {
    const { outgoing, encodings, tracks } = setUp(inRoom(member("sam")));
    const { camera } = tracks;
    delete tracks.camera;
    outgoing.encode({ type: "encodings", camera: [{ rid: "h", active: true, bitrate: 300_000 }] });
    expect(encodings).toEqual({});
    if (camera !== undefined) tracks.camera = camera;
    outgoing.attach("camera");
    expect(encodings.camera?.h).toMatchObject({ active: true, maxBitrate: 300_000 });
    expect(encodings.microphone).toBeUndefined();
  });

  it("is told once to each connection", () => {
    const { outgoing, captures } = setUp(inRoom(member("sam")));
    outgoing.attach("camera");
    outgoing.attach("camera");
    const capture = { type: "capture", source: "camera", lines: 720, layers: 3, codecs: [] };
    expect(captures).toEqual([capture]);
    outgoing.connected();
    expect(captures).toEqual([capture, capture]);
  });

  it("is told again once it is known which codecs the device bears", async () => {
    const { outgoing, captures, now } = setUp(inRoom(member("sam")));
    now.codecs = ["vp9", "vp8"];
    outgoing.connected();
    await settle();
    expect(captures.map(({ codecs }) => codecs)).toEqual([[], ["vp9", "vp8"]]);
  });

  it("is as much as the camera's layers carry while the line is tried", () => {
    const { outgoing, encodings, attached } = setUp(waiting());
    const noise = new FakeTrack("video") as unknown as MediaStreamTrack;
    outgoing.attempt(noise);
    expect(attached.camera).toBe(noise);
    expect(encodings.camera?.f?.active).toBe(true);
    outgoing.attempt(null);
    expect(attached.camera).toBeNull();
  });

  it("is nothing while words alone are left, and what is on afterwards", () => {
    const { outgoing, attached, tracks } = setUp(inRoom(member("sam")));
    outgoing.enter();
    outgoing.hush(true);
    expect(attached).toEqual({ microphone: null, camera: null, screen: null });
    outgoing.attach("microphone");
    expect(attached.microphone).toBeNull();
    outgoing.hush(false);
    expect(attached.microphone).toBe(tracks.microphone);
  });

  it("is small speech when the server asks for it", () => {
    const { outgoing, encodings, now } = setUp(inRoom());
    outgoing.encode({ type: "encodings", microphone: { bitrate: 12_000, ptime: 60 } });
    expect(encodings.microphone).toEqual({ q: { maxBitrate: 12_000 } });
    expect(now.packing).toEqual({ ptime: 60, redundant: false });
  });

  it("is nothing once detached", () => {
    const { outgoing, attached } = setUp(inRoom());
    outgoing.enter();
    outgoing.detachAll();
    expect(attached).toEqual({ microphone: null, camera: null, screen: null });
  });
});
