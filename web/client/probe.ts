/** The closer look at the connection before a call: what is sent meanwhile, and what the result means. */

import type { Probed, ProbeLine } from "./protocol";
import type { Timers } from "./timers";

export type Rung = "720p" | "360p" | "180p" | "speech" | "text";

/** Bits a second, the narrower way, from which a rung can be had: its picture, speech and headers. */
const needs: readonly (readonly [Rung, number])[] = [
  ["720p", 1_300_000],
  ["360p", 500_000],
  ["180p", 190_000],
  ["speech", 32_000],
  ["text", 0],
];

/** Loss on the way from which pictures are more trouble than they are worth. */
const LOSSY = 0.15;

export type Probing =
  | { readonly state: "running" }
  | { readonly state: "failed" }
  | { readonly state: "done"; readonly found: Probed; readonly rung: Rung };

/** The richest rung that fits both ways; a way that could not be measured is taken to be no narrower. */
export function recommended(found: Probed): Rung {
  const narrow = Math.min(found.down ?? Number.POSITIVE_INFINITY, found.up ?? Number.POSITIVE_INFINITY);
  const fits = needs.find(([, bitrate]) => narrow >= bitrate)?.[0] ?? "text";
  const pictures = fits === "720p" || fits === "360p" || fits === "180p";
  return pictures && (found.loss ?? 0) > LOSSY ? "speech" : fits;
}

/** Nothing at all could be measured. */
export const nothing = (found: Probed): boolean => found.down === null && found.up === null;

export interface ProbeParts {
  timers: Timers;
  send: (message: ProbeLine) => boolean;
  /** Sends a track where the camera's would go, as long as nobody has entered; null ends that. */
  sendTrack: (track: MediaStreamTrack | null) => void;
  /** What the browser believes that it can send, bits a second. */
  available: () => Promise<number | null>;
  noise: () => Noise | null;
  changed: (probing: Probing) => void;
}

export interface Noise {
  readonly track: MediaStreamTrack;
  stop(): void;
}

/** No answer within this means that there will be none. */
const WITHIN = 8_000;

export class LineProbe {
  private running: { cancel: () => void; noise: Noise | null } | null = null;

  constructor(private readonly parts: ProbeParts) {}

  start(): void {
    if (this.running !== null) return;
    const noise = this.parts.noise();
    this.running = { noise, cancel: this.parts.timers.after(WITHIN, () => this.fail()) };
    this.parts.changed({ state: "running" });
    if (noise !== null) this.parts.sendTrack(noise.track);
    if (!this.parts.send({ type: "probe" })) this.fail();
  }

  async answered(probed: Probed): Promise<void> {
    if (this.running === null) return;
    const available = await this.parts.available();
    if (!this.end()) return;
    // What came through is a lower bound; the browser's own estimate may be above it, never taken alone.
    const up = probed.up !== null && available !== null ? Math.max(probed.up, available) : probed.up;
    const found = { ...probed, up };
    this.parts.changed(
      nothing(found) ? { state: "failed" } : { state: "done", found, rung: recommended(found) },
    );
  }

  /** Into the room, or away: nothing of the probe goes on. */
  stop(): void {
    this.end();
  }

  private fail(): void {
    if (this.end()) this.parts.changed({ state: "failed" });
  }

  private end(): boolean {
    const { running } = this;
    if (running === null) return false;
    this.running = null;
    running.cancel();
    if (running.noise !== null) {
      this.parts.sendTrack(null);
      running.noise.stop();
    }
    return true;
  }
}

/** A picture that no encoder can make small: noise. Null where a canvas gives no stream. */
export function noise(): Noise | null {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 360;
  const context = canvas.getContext("2d");
  if (context === null || typeof canvas.captureStream !== "function") return null;
  const image = context.createImageData(canvas.width, canvas.height);
  const words = new Uint32Array(image.data.buffer);
  const draw = () => {
    for (let at = 0; at < words.length; at += 1) words[at] = 0xff000000 | (Math.random() * 0xffffff);
    context.putImageData(image, 0, 0);
  };
  draw();
  const [track] = canvas.captureStream(30).getVideoTracks();
  if (track === undefined) return null;
  const drawing = setInterval(draw, 66);
  return {
    track,
    stop: () => {
      clearInterval(drawing);
      track.stop();
    },
  };
}
