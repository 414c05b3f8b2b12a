import { describe, expect, it } from "vitest";
import { PLAIN, packed } from "./spoken";

const answer = [
  "v=0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
  "a=mid:0",
  "a=rtpmap:111 opus/48000/2",
  "a=rtpmap:63 red/48000/2",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
  "a=mid:3",
  "a=rtpmap:63 red/48000/2",
  "",
].join("\r\n");

describe("an answer", () => {
  it("that asks for plain speech is as the server gave it", () => {
    expect(packed(answer, PLAIN)).toBe(answer);
    expect(packed("no sections", { ptime: 60, redundant: true })).toBe("no sections");
  });

  it("asks the microphone alone for long packets, and not any more", () => {
    const long = packed(answer, { ptime: 60, redundant: false });
    expect(long).toBe(
      answer.replace("a=rtpmap:63 red/48000/2\r\n", "a=rtpmap:63 red/48000/2\r\na=ptime:60\r\n"),
    );
    expect(packed(long, PLAIN)).toBe(answer);
  });

  it("asks the microphone alone to say everything twice", () => {
    const twice = packed(answer, { ptime: 20, redundant: true });
    expect(twice).toBe(answer.replace("SAVPF 111 63", "SAVPF 63 111"));
    expect(packed(twice, PLAIN)).toBe(answer);
  });

  it("asks nobody to do so who can't", () => {
    const without = answer.replaceAll("a=rtpmap:63 red/48000/2\r\n", "");
    expect(packed(without, { ptime: 20, redundant: true })).toBe(without);
  });
});
