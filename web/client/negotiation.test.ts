import { beforeEach, describe, expect, it, vi } from "vitest";
import { Negotiation, type NegotiationListener } from "./negotiation";
import type { Offer } from "./protocol";
import { FakePeerConnection } from "./testing/fake-peer";
import { FakeTimers, settle } from "./testing/fake-timers";

function setUp(videoSlots = 2) {
  const timers = new FakeTimers();
  const peers: FakePeerConnection[] = [];
  const offers: Offer[] = [];
  const states: string[] = [];
  const tracks: string[] = [];
  let reachable = true;
  const listener: NegotiationListener = {
    track: (mid) => tracks.push(mid),
    state: (state) => states.push(state),
    offer: (offer) => {
      if (reachable) offers.push(offer);
      return reachable;
    },
  };
  const negotiation = new Negotiation({
    listener,
    videoSlots,
    iceServers: [],
    timers,
    create: () => {
      const peer = new FakePeerConnection();
      peers.push(peer);
      return peer as unknown as RTCPeerConnection;
    },
  });
  const peer = () => peers[peers.length - 1] as FakePeerConnection;
  const connect = async () => {
    await negotiation.offerForJoin();
    await negotiation.joined("answer", false, videoSlots);
    peer().become("connected");
  };
  const unreachable = () => {
    reachable = false;
    negotiation.lost();
  };
  const back = () => {
    reachable = true;
  };
  return { negotiation, timers, peers, peer, offers, states, tracks, connect, unreachable, back };
}

beforeEach(() => {
  vi.stubGlobal("RTCRtpSender", { getCapabilities: () => null });
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities: () => null });
});

describe("the first offer", () => {
  it("has microphone, camera and screen, then three audio slots, then the video slots", async () => {
    const { negotiation, peer } = setUp(2);
    const sdp = await negotiation.offerForJoin();
    expect(sdp).toBe("offer 1");
    expect(peer().lines).toEqual([
      "audio sendonly",
      "video sendonly",
      "video sendonly",
      "audio recvonly",
      "audio recvonly",
      "audio recvonly",
      "video recvonly",
      "video recvonly",
    ]);
  });

  it("is made once: a second attempt to join before any answer sends the same", async () => {
    const { negotiation, peers } = setUp();
    const first = await negotiation.offerForJoin();
    expect(await negotiation.offerForJoin()).toBe(first);
    expect(peers).toHaveLength(1);
  });

  it("is left out while a connection stands", async () => {
    const { negotiation, connect, peers } = setUp();
    await connect();
    expect(await negotiation.offerForJoin()).toBeNull();
    expect(peers).toHaveLength(1);
  });

  it("is a new one when the connection has failed", async () => {
    const { negotiation, connect, peers, unreachable } = setUp();
    await connect();
    unreachable();
    peers[0]?.become("failed");
    expect(await negotiation.offerForJoin()).toBe("offer 1");
    expect(peers).toHaveLength(2);
    expect(peers[0]?.connectionState).toBe("closed");
  });
});

describe("after a reconnection", () => {
  it("keeps a connection that the server kept, and hears anew what its slots carry", async () => {
    const { negotiation, connect, peers, peer, offers, unreachable, back } = setUp();
    await connect();
    unreachable();
    back();
    const done = negotiation.joined(null, true, 2);
    await settle();
    expect(peers).toHaveLength(1);
    expect(offers).toEqual([{ type: "offer", id: 1, sdp: "offer 2", fresh: false }]);
    negotiation.answer(1, "answer 2");
    await done;
    expect(peer().remote).toBe("answer 2");
  });

  it("makes a fresh connection when the server has lost it, with the same tracks", async () => {
    const { negotiation, connect, peers, peer, offers } = setUp();
    const track = { kind: "video" } as MediaStreamTrack;
    await connect();
    await negotiation.setTrack("camera", track);
    const done = negotiation.joined(null, false, 2);
    await settle();
    expect(peers).toHaveLength(2);
    expect(offers).toEqual([{ type: "offer", id: 1, sdp: "offer 1", fresh: true }]);
    expect(peer().transceivers[1]?.sender.track).toBe(track);
    negotiation.answer(1, "answer");
    await done;
    expect(peer().remote).toBe("answer");
  });

  it("rolls an offer back that nobody answered, and makes it again", async () => {
    const { negotiation, connect, peer, offers, unreachable, back } = setUp();
    await connect();
    const wanted = negotiation.slotsWanted(4);
    await settle();
    expect(offers).toHaveLength(1);
    unreachable();
    await wanted;
    back();
    const done = negotiation.joined(null, true, 4);
    await settle();
    expect(peer().rollbacks).toBe(1);
    expect(offers).toHaveLength(2);
    negotiation.answer(offers[1]?.id ?? 0, "answer");
    await done;
    expect(peer().signalingState).toBe("stable");
    expect(peer().lines.filter((line) => line === "video recvonly")).toHaveLength(4);
  });
});

describe("more slots", () => {
  it("are added to what there is, once", async () => {
    const { negotiation, connect, peer, offers } = setUp(2);
    await connect();
    const first = negotiation.slotsWanted(5);
    const second = negotiation.slotsWanted(5);
    await settle();
    expect(offers).toHaveLength(1);
    negotiation.answer(1, "answer");
    await Promise.all([first, second]);
    expect(offers).toHaveLength(1);
    expect(peer().lines.filter((line) => line === "video recvonly")).toHaveLength(5);
  });
});

describe("the packing of speech", () => {
  const audio = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:63 red/48000/2\r\n";

  it("changes by the last answer taken again, and the server is not asked", async () => {
    const { negotiation, peer, offers } = setUp();
    await negotiation.offerForJoin();
    await negotiation.joined(audio, false, 2);
    peer().become("connected");
    await negotiation.pack({ ptime: 60, redundant: true });
    expect(peer().remote).toBe(`${audio.replace("111 63", "63 111")}a=ptime:60\r\n`);
    expect(peer().signalingState).toBe("stable");
    expect(offers).toEqual([]);
    await negotiation.pack({ ptime: 20, redundant: false });
    expect(peer().remote).toBe(audio);
  });

  it("changes while nobody answers an offer, which is made again when the server is back", async () => {
    const { negotiation, peer, offers, unreachable, back } = setUp();
    await negotiation.offerForJoin();
    await negotiation.joined(audio, false, 2);
    peer().become("connected");
    const resumed = negotiation.joined(null, true, 2);
    await settle();
    unreachable();
    await resumed;
    expect(peer().signalingState).toBe("have-local-offer");
    await negotiation.pack({ ptime: 60, redundant: false });
    expect(peer().remote).toBe(`${audio}a=ptime:60\r\n`);
    expect(peer().signalingState).toBe("stable");
    back();
    void negotiation.joined(null, true, 2);
    await settle();
    expect(offers).toHaveLength(2);
  });

  it("is that of whatever answer comes later", async () => {
    const { negotiation, peer } = setUp();
    await negotiation.pack({ ptime: 60, redundant: false });
    await negotiation.offerForJoin();
    await negotiation.joined(audio, false, 2);
    expect(peer().remote).toBe(`${audio}a=ptime:60\r\n`);
  });
});

describe("the queue", () => {
  it("never has two exchanges at once", async () => {
    const { negotiation, connect, offers, peer } = setUp(2);
    await connect();
    const all = [negotiation.slotsWanted(3), negotiation.restart(), negotiation.restart()];
    for (let id = 1; id <= 2; id++) {
      await settle();
      expect(offers).toHaveLength(id);
      expect(peer().signalingState).toBe("have-local-offer");
      negotiation.answer(id, `answer ${id}`);
    }
    await Promise.all(all);
    expect(peer().signalingState).toBe("stable");
  });

  it("does not take the answer of another offer", async () => {
    const { negotiation, connect, peer } = setUp(2);
    await connect();
    const done = negotiation.slotsWanted(3);
    await settle();
    negotiation.answer(99, "of something else");
    await settle();
    expect(peer().signalingState).toBe("have-local-offer");
    negotiation.answer(1, "right");
    await done;
    expect(peer().remote).toBe("right");
  });

  it("goes on after an answer that never came", async () => {
    const { negotiation, connect, timers, offers } = setUp(2);
    await connect();
    const lost = negotiation.slotsWanted(3);
    await timers.advance(8_000);
    await lost;
    const again = negotiation.slotsWanted(4);
    await settle();
    negotiation.answer(offers.at(-1)?.id ?? 0, "answer");
    await again;
    expect(offers).toHaveLength(2);
  });

  it("begins anew after an answer that can't be used", async () => {
    const { negotiation, timers, peers, peer, offers } = setUp(2);
    await negotiation.offerForJoin();
    peer().refusesAnswers = true;
    await negotiation.joined("nonsense", false, 2);
    await timers.advance(8_000);
    expect(peers).toHaveLength(2);
    expect(offers).toMatchObject([{ fresh: true }]);
  });

  it("begins anew when the server refuses an offer", async () => {
    const { negotiation, connect, peers, offers } = setUp(2);
    await connect();
    void negotiation.slotsWanted(3);
    await settle();
    negotiation.refused();
    await settle();
    expect(peers).toHaveLength(2);
    expect(offers.at(-1)).toMatchObject({ fresh: true });
  });
});

describe("finding the way back", () => {
  it("leaves a brief `disconnected` alone", async () => {
    const { connect, peer, offers, timers } = setUp();
    await connect();
    peer().become("disconnected");
    await timers.advance(900);
    peer().become("connected");
    await timers.advance(20_000);
    expect(offers).toEqual([]);
    expect(peer().restarts).toBe(0);
  });

  it("restarts ICE after a second of it", async () => {
    const { connect, peer, offers, timers, negotiation, states } = setUp();
    await connect();
    peer().become("disconnected");
    await timers.advance(1_000);
    expect(peer().restarts).toBe(1);
    expect(offers[0]).toMatchObject({ fresh: false });
    negotiation.answer(1, "answer");
    await settle();
    peer().become("connected");
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
      "connected",
      "interrupted",
      "connected",
    ]);
  });

  it("takes a new connection when the restart did not help, and says so", async () => {
    const { connect, peer, peers, offers, timers, negotiation, states } = setUp();
    await connect();
    peer().become("failed");
    await timers.advance(0);
    expect(peer().restarts).toBe(1);
    negotiation.answer(1, "answer");
    await timers.advance(8_000);
    expect(peers).toHaveLength(2);
    expect(offers[1]).toMatchObject({ fresh: true });
    expect(states).toContain("failed");
  });

  it("says that it failed in a browser that has no connections to give", async () => {
    const states: string[] = [];
    const negotiation = new Negotiation({
      listener: { track: () => {}, state: (state) => states.push(state), offer: () => true },
      videoSlots: 2,
      iceServers: [],
      timers: new FakeTimers(),
      create: () => {
        throw new Error("RTCPeerConnection is not defined");
      },
    });
    await expect(negotiation.offerForJoin()).rejects.toThrow("not defined");
    await negotiation.joined(null, false, 2);
    expect(states.at(-1)).toBe("failed");
  });

  it("waits with all that until the server can be reached", async () => {
    const { connect, peer, peers, timers, unreachable, offers } = setUp();
    await connect();
    unreachable();
    peer().become("failed");
    await timers.advance(60_000);
    expect(peers).toHaveLength(1);
    expect(offers).toEqual([]);
  });

  it("restarts ICE as soon as the server can be reached again, where media stands still", async () => {
    const { connect, peer, negotiation, offers, unreachable, back } = setUp();
    await connect();
    unreachable();
    peer().become("disconnected");
    back();
    void negotiation.joined(null, true, 2);
    await settle();
    expect(peer().restarts).toBe(1);
    expect(offers).toMatchObject([{ fresh: false }]);
  });

  it("restarts ICE then, too, where the network changed meanwhile", async () => {
    const { connect, peer, negotiation, unreachable, back } = setUp();
    await connect();
    unreachable();
    void negotiation.restart();
    await settle();
    expect(peer().restarts).toBe(0);
    back();
    void negotiation.joined(null, true, 2);
    await settle();
    expect(peer().restarts).toBe(1);
  });

  it("notices that the server closed the transport", async () => {
    const { connect, peer, peers, timers } = setUp();
    await connect();
    peer().closeTransport();
    await timers.advance(0);
    expect(peers).toHaveLength(2);
  });

  it("restarts ICE once for all signs of the same break, and again when the next one comes", async () => {
    const { connect, peer, negotiation, offers, timers } = setUp();
    await connect();
    const both = [negotiation.restart(), negotiation.restart()];
    await settle();
    negotiation.answer(1, "answer");
    await Promise.all(both);
    await timers.advance(1_000);
    await negotiation.restart();
    expect(peer().restarts).toBe(1);
    await timers.advance(1_000);
    void negotiation.restart();
    await settle();
    expect(peer().restarts).toBe(2);
    expect(offers).toHaveLength(2);
  });

  it("makes up for a restart whose offer was lost with the socket", async () => {
    const { connect, peer, negotiation, offers, unreachable, back } = setUp();
    await connect();
    const lost = negotiation.restart();
    await settle();
    unreachable();
    await lost;
    back();
    const done = negotiation.joined(null, true, 2);
    await settle();
    expect(peer().rollbacks).toBe(1);
    expect(peer().restarts).toBe(2);
    negotiation.answer(offers.at(-1)?.id ?? 0, "answer");
    await done;
    await negotiation.restart();
    expect(offers).toHaveLength(2);
  });

  it("restarts at once when the network changed", async () => {
    const { connect, peer, negotiation } = setUp();
    await connect();
    const done = negotiation.restart();
    await settle();
    expect(peer().restarts).toBe(1);
    negotiation.answer(1, "answer");
    await done;
  });

  it("says that it failed when nothing ever connects, and goes on trying", async () => {
    const { negotiation, timers, states, peers } = setUp();
    await negotiation.offerForJoin();
    await negotiation.joined("answer", false, 2);
    await timers.advance(8_000);
    expect(states).toContain("failed");
    await timers.advance(60_000);
    expect(peers.length).toBeGreaterThan(1);
  });
});

describe("sending", () => {
  it("replaces tracks without negotiating", async () => {
    const { negotiation, connect, peer, offers } = setUp();
    await connect();
    const track = { kind: "audio" } as MediaStreamTrack;
    await negotiation.setTrack("microphone", track);
    expect(peer().transceivers[0]?.sender.track).toBe(track);
    await negotiation.setTrack("microphone", null);
    expect(peer().transceivers[0]?.sender.track).toBeNull();
    expect(offers).toEqual([]);
  });

  it("applies an encoding, and again on a fresh connection", async () => {
    const { negotiation, connect, peer } = setUp();
    const encoding = { active: true, maxBitrate: 300_000, scaleResolutionDownBy: 4, maxFramerate: 15 };
    await connect();
    await negotiation.setEncodings("camera", { h: encoding });
    expect(peer().transceivers[1]?.sender.parameters.encodings[1]).toMatchObject(encoding);
    expect(peer().transceivers[1]?.sender.parameters.encodings[2]?.maxBitrate).toBeUndefined();
    void negotiation.joined(null, false, 2);
    await settle();
    expect(peer().transceivers[1]?.sender.parameters.encodings[1]).toMatchObject(encoding);
  });

  it("keeps what was given up given up, whatever an answer turns on", async () => {
    const { negotiation, connect, peer } = setUp();
    await connect();
    peer().answersTurnOn = true;
    void negotiation.pack({ ptime: 60, redundant: false });
    void negotiation.setEncodings("camera", { h: { active: false } });
    await settle();
    expect(peer().remote).toContain("answer");
    expect(peer().transceivers[1]?.sender.parameters.encodings[1]?.active).toBe(false);
  });

  it("names the camera's layers, the lowest first", async () => {
    const { connect, peer } = setUp();
    await connect();
    const { encodings } = peer().transceivers[1]?.sender.parameters ?? {};
    expect(encodings?.map(({ rid }) => rid)).toEqual(["q", "h", "f"]);
  });

  it("hears only the tracks of the present connection", async () => {
    const { negotiation, connect, peers, tracks } = setUp();
    await connect();
    peers[0]?.arrive("3");
    void negotiation.joined(null, false, 2);
    await settle();
    peers[0]?.arrive("4");
    peers[1]?.arrive("5");
    expect(tracks).toEqual(["3", "5"]);
  });

  it("closes for good", async () => {
    const { negotiation, connect, peer, timers, offers } = setUp();
    await connect();
    const last = peer();
    negotiation.close();
    expect(last.connectionState).toBe("closed");
    expect(await negotiation.offerForJoin()).toBeNull();
    await timers.advance(60_000);
    expect(offers).toEqual([]);
    expect(timers.pending).toBe(0);
  });
});
