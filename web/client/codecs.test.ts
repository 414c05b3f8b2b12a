import { describe, expect, it } from "vitest";
import { bearable, canChoose, nameOf, speakIn } from "./codecs";
import type { VideoCodec } from "./protocol";

const codec = (name: string, sdpFmtpLine?: string): RTCRtpCodec => ({
  mimeType: `video/${name}`,
  clockRate: 90_000,
  ...(sdpFmtpLine === undefined ? {} : { sdpFmtpLine }),
});

const all: VideoCodec[] = ["vp8", "vp9", "h264", "av1"];

describe("a codec's name", () => {
  it("is known where every implementation decodes the profile", () => {
    const constrained = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
    expect(nameOf(codec("VP8"))).toBe("vp8");
    expect(nameOf(codec("VP9", "profile-id=0"))).toBe("vp9");
    expect(nameOf(codec("VP9"))).toBe("vp9");
    expect(nameOf(codec("AV1", "level-idx=5;profile=0;tier=0"))).toBe("av1");
    expect(nameOf(codec("H264", constrained))).toBe("h264");
  });

  it("is none for other profiles and for what is no codec", () => {
    expect(nameOf(codec("VP9", "profile-id=2"))).toBeNull();
    expect(nameOf(codec("AV1", "level-idx=5;profile=1;tier=0"))).toBeNull();
    expect(nameOf(codec("H264", "packetization-mode=0;profile-level-id=42e01f"))).toBeNull();
    expect(nameOf(codec("H264", "packetization-mode=1;profile-level-id=640c1f"))).toBeNull();
    expect(nameOf(codec("rtx", "apt=96"))).toBeNull();
  });
});

describe("what a device bears", () => {
  it("is everything where it is strong", () => {
    expect(bearable({ encodes: all, cores: 8, mobile: false, h264Chip: true })).toEqual([
      "vp9",
      "av1",
      "vp8",
    ]);
    expect(bearable({ encodes: ["vp8"], cores: 8, mobile: false, h264Chip: false })).toEqual(["vp8"]);
  });

  it("is first VP8, or what a chip does, where it is old or small", () => {
    expect(bearable({ encodes: all, cores: 2, mobile: false, h264Chip: false })).toEqual([
      "vp8",
      "vp9",
      "av1",
    ]);
    expect(bearable({ encodes: all, cores: 8, mobile: true, h264Chip: true })).toEqual([
      "h264",
      "vp8",
      "vp9",
      "av1",
    ]);
  });
});

describe("a sender", () => {
  const vp9 = codec("VP9", "profile-id=0");
  const parameters = () =>
    ({ codecs: [codec("VP8"), vp9], encodings: [{ rid: "q" }, { rid: "h" }] }) as RTCRtpSendParameters;

  it("speaks in the codec that is asked for, in every layer", () => {
    const asked = parameters();
    speakIn(asked, "vp9");
    for (const each of asked.encodings) expect(each).toMatchObject({ codec: vp9, scalabilityMode: "L1T1" });
  });

  it("stays as it is where that was not agreed on", () => {
    const asked = parameters();
    speakIn(asked, "av1");
    expect(asked).toEqual(parameters());
  });

  it("that forgets its codec can't be asked", () => {
    expect(canChoose({ getParameters: parameters })).toBe(false);
    const made = parameters();
    made.encodings = [{ codec: codec("VP8") }];
    expect(canChoose({ getParameters: () => made })).toBe(true);
  });
});
