import { describe, expect, it } from "vitest";
import { hasGcm, offered } from "./offered";

const chrome = (version: number) =>
  `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/${version}.0.0.0 Safari/537.36`;

describe("the offer", () => {
  it("says that AES-GCM is there where that is certain", () => {
    expect([hasGcm(chrome(119)), hasGcm(chrome(120)), hasGcm(chrome(156))]).toEqual([false, true, true]);
    expect(hasGcm("Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0")).toBe(true);
    expect(hasGcm("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15")).toBe(false);
  });

  it("is the browser's own but for that line", () => {
    const sdp = "v=0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
    expect(offered(sdp, chrome(119))).toBe(sdp);
    expect(offered(sdp, chrome(156))).toBe(sdp.replace("t=0 0\r\n", "t=0 0\r\na=x-compagnon-gcm\r\n"));
  });
});
