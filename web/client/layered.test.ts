import { describe, expect, it } from "vitest";
import { layered } from "./layered";
import { cameraEncodings } from "./sending";

const answer = [
  "v=0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=rtpmap:111 opus/48000/2",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=rid:q recv",
  "a=simulcast:recv q;h;f",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=simulcast:recv q;h",
  "",
].join("\r\n");

const line = (text: string): string[] => text.split("\r\n").filter((each) => each.includes("simulcast"));

describe("what an answer turns on", () => {
  it("leaves what is off paused, and nothing else is changed", () => {
    const asked = [{ rid: "q", active: false } as const, { rid: "h", active: true } as const];
    const full = asked.map((each) => ({ ...each, bitrate: null, lines: null, framerate: null, codec: null }));
    const found = layered(answer, new Map([["camera", cameraEncodings(360, 2, full)]]));
    expect(line(found)).toEqual(["a=simulcast:recv ~q;h;~f", "a=simulcast:recv q;h"]);
    expect(found.replaceAll("~", "")).toBe(answer);
  });

  it("says nothing of a source that nothing is known of", () => {
    expect(layered(answer, new Map())).toBe(answer);
  });

  it("takes an answer without layers as it is", () => {
    const plain = "v=0\r\nm=audio 9 x 111\r\nm=video 9 x 96\r\n";
    expect(layered(plain, new Map([["camera", { q: { active: false } }]]))).toBe(plain);
  });
});
