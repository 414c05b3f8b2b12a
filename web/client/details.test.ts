import { describe, expect, it } from "vitest";
import { details } from "./details";
import { DetailsWatch } from "./details-watch";
import type { FiguresWanted } from "./protocol";
import type { Look, Stat } from "./stats";
import { FakeTimers } from "./testing/fake-timers";
import { figures } from "./testing/samples";

function at(...stats: Stat[]): Look {
  return { at: 0, stats: new Map(stats.map((stat) => [stat.id, stat])) };
}

const speech = (packets: number, samples: number, concealed: number): Stat => ({
  id: "in-a",
  type: "inbound-rtp",
  kind: "audio",
  mid: "3",
  packetsReceived: packets,
  packetsLost: 0,
  totalSamplesReceived: samples,
  concealedSamples: concealed,
});

const picture = (packets: number, lost: number): Stat => ({
  id: "in-v",
  type: "inbound-rtp",
  kind: "video",
  mid: "6",
  packetsReceived: packets,
  packetsLost: lost,
  frameWidth: 640,
  frameHeight: 360,
  framesPerSecond: 15,
});

describe("the figures of a connection", () => {
  it("join what the server knows with what this browser played", () => {
    const told = figures({
      receives: [
        {
          mid: "3",
          member: "sam",
          source: "microphone",
          codec: "opus",
          layer: 0,
          layers: 1,
          lines: null,
          bitrate: 32_000,
          flowing: true,
        },
        {
          mid: "6",
          member: "sam",
          source: "camera",
          codec: "vp8",
          layer: 1,
          layers: 3,
          lines: 360,
          bitrate: 500_000,
          flowing: true,
        },
      ],
    });
    const found = details(
      told,
      at(speech(100, 48_000, 0), picture(100, 0)),
      at(speech(200, 96_000, 4_800), picture(190, 10)),
    );
    expect(found.receives).toMatchObject([
      { member: "sam", source: "microphone", height: null, concealed: 0.1, loss: 0 },
      {
        member: "sam",
        source: "camera",
        layer: 2,
        layers: 3,
        width: 640,
        height: 360,
        framerate: 15,
        loss: 0.1,
        concealed: null,
      },
    ]);
  });

  it("know nothing of losses at the first look, and of a picture what the server says of it", () => {
    const told = figures({
      receives: [
        {
          mid: "6",
          member: "sam",
          source: "camera",
          codec: "vp8",
          layer: 0,
          layers: 1,
          lines: 180,
          bitrate: null,
          flowing: false,
        },
      ],
    });
    expect(details(told, null, at(picture(100, 3))).receives).toMatchObject([
      { loss: null, framerate: null },
    ]);
    expect(details(told, null, at()).receives).toMatchObject([{ width: null, height: 180 }]);
  });

  it("count layers from one, each of its source's", () => {
    const layer = { source: "camera", codec: "vp8", lines: 180, bitrate: 1, receivers: 2 } as const;
    const voice = {
      source: "microphone",
      codec: "opus",
      layer: 0,
      lines: null,
      bitrate: 1,
      receivers: 2,
    } as const;
    const told = figures({ sends: [voice, { ...layer, layer: 0 }, { ...layer, layer: 1 }] });
    const found = details(told, null, at()).sends.map((each) => [each.source, each.layer, each.layers]);
    expect(found).toEqual([
      ["microphone", 1, 1],
      ["camera", 1, 2],
      ["camera", 2, 2],
    ]);
  });

  it("tell a relay of the network's, which the server can't see, and why a picture is held back", () => {
    const pair = {
      id: "p",
      type: "candidate-pair",
      nominated: true,
      state: "succeeded",
      localCandidateId: "l",
    };
    const relay = { id: "l", type: "local-candidate", candidateType: "relay", protocol: "udp" };
    const other = {
      id: "q",
      type: "candidate-pair",
      nominated: true,
      state: "succeeded",
      localCandidateId: "m",
    };
    const host = { id: "m", type: "local-candidate", candidateType: "host", protocol: "tcp" };
    const transport = { id: "t", type: "transport", selectedCandidatePairId: "p" };
    const video = { id: "o", type: "outbound-rtp", kind: "video", qualityLimitationReason: "cpu" };
    const found = details(figures(), null, at(other, host, pair, relay, transport, video));
    expect([found.way, found.limit]).toEqual(["turn", "cpu"]);
    expect(details(figures(), null, at(other, host)).way).toBe("tcp");
    expect(details(figures({ path: "tcp" }), null, at())).toMatchObject({ way: "tcp", limit: null });
  });
});

describe("the watch of figures", () => {
  it("asks at once and every two seconds, until it ends", async () => {
    const timers = new FakeTimers();
    const sent: FiguresWanted[] = [];
    const found: (number | null)[] = [];
    let lost = 0;
    const watch = new DetailsWatch(
      timers,
      async () => {
        lost += 10;
        return at(picture(100 * lost, lost));
      },
      (message) => sent.push(message),
    );
    const told = figures({
      receives: [
        {
          mid: "6",
          member: "sam",
          source: "camera",
          codec: "vp8",
          layer: 0,
          layers: 1,
          lines: 180,
          bitrate: null,
          flowing: true,
        },
      ],
    });
    watch.start((each) => found.push(each.receives[0]?.loss ?? null));
    expect(sent).toEqual([{ type: "figures-wanted" }]);
    await watch.answered(told);
    await timers.advance(2_000);
    expect(sent.length).toBe(2);
    await watch.answered(told);
    expect(found).toEqual([null, 10 / 1_010]);
    watch.stop();
    await watch.answered(told);
    await timers.advance(10_000);
    expect([sent.length, found.length, timers.pending]).toEqual([2, 2, 0]);
  });
});
