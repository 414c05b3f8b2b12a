/**
 * In which layers a picture is sent, and how much of each. The relay forwards, it never re-encodes: a camera
 * comes in up to three sizes (simulcast), and the server says which of them anybody looks at.
 */

import type { Encoding as Asked, LayerName, SpeechEncoding, VideoCodec } from "./protocol";

export interface Encoding {
  active: boolean;
  /** Bits a second. */
  maxBitrate: number;
  /** How many times smaller than captured, at least 1. */
  scaleResolutionDownBy: number;
  /** Frames a second. */
  maxFramerate: number;
  /** Absent where the server asks for none: as it was. */
  codec?: VideoCodec;
}

export type Encodings = Readonly<Partial<Record<LayerName, Encoding | RTCRtpEncodingParameters>>>;

/** Lowest first: browsers want them in this order, and leave out the last ones of a small picture. */
export const rids: readonly LayerName[] = ["q", "h", "f"];
export const screenRids: readonly LayerName[] = ["q", "h"];

/** Picture lines, and the bits a second that show them well. */
const bitrates: readonly (readonly [number, number])[] = [
  [180, 200_000],
  [270, 350_000],
  [360, 700_000],
  [540, 1_200_000],
];
const TOP = 2_500_000;
const MOST_LINES = 720;
const FRAMERATE = 30;
/** A shared screen: few frames of a size at which text can just be read, and all of it. */
const SCREENS = {
  q: { lines: 720, bitrate: 350_000, framerate: 5 },
  h: { lines: 1080, bitrate: 2_500_000, framerate: 15 },
};

/**
 * How many sizes of a picture a browser sends at once. WebRTC has three from 960×540 on, two from 480×270 and
 * drops by index from the top, whatever was asked for (`LimitSimulcastLayerCount`).
 */
export function layersOf(captured: number): number {
  if (captured >= 540) return 3;
  return captured >= 270 ? 2 : 1;
}

const bitrateOf = (lines: number): number => bitrates.find(([most]) => lines <= most)?.[1] ?? TOP;

/** What the server asks of a layer, or the layer as it is by itself. */
function encoding(
  lines: number,
  captured: number,
  defaults: { active: boolean; bitrate: number; framerate: number },
  asked: Asked | undefined,
): Encoding {
  const bounded = Math.min(lines, asked?.lines ?? lines);
  return {
    active: asked?.active ?? defaults.active,
    maxBitrate: asked?.bitrate ?? defaults.bitrate,
    scaleResolutionDownBy: Math.max(1, captured / bounded),
    maxFramerate: asked?.framerate ?? defaults.framerate,
    ...(asked?.codec ? { codec: asked.codec } : {}),
  };
}

/**
 * The camera's layers, each half of the next, the largest of `most` lines. `captured` is the short side of what the camera gives, in pixels;
 * before the server has said what it wants only the largest is sent.
 */
export function cameraEncodings(
  captured: number,
  layers: number,
  asked: readonly Asked[] | null,
  most = MOST_LINES,
): Encodings {
  const found: Partial<Record<LayerName, Encoding>> = {};
  const top = Math.min(captured, most, MOST_LINES);
  rids.forEach((rid, index) => {
    const used = index < layers;
    const lines = used ? top / 2 ** (layers - 1 - index) : captured;
    const last = index === layers - 1;
    // One viewer may have a line for more than several are sent: the largest bends up to that.
    const bitrate = last && lines >= 540 ? TOP : bitrateOf(lines);
    const defaults = { active: last, bitrate, framerate: FRAMERATE };
    const request = asked?.find((each) => each.rid === rid);
    found[rid] = { ...encoding(lines, captured, defaults, request), ...(used ? {} : { active: false }) };
  });
  return coarse(found);
}

/**
 * The smallest of several layers is given a finer grain than any other by WebRTC (`kLowestResMaxQp` of 45, not
 * 56), whatever it takes: twice the bits of 180 lines that move, which a narrow line has not. So the
 * smallest one, where it is sent alone, is no smaller than those that are not sent.
 */
function coarse(found: Partial<Record<LayerName, Encoding>>): Encodings {
  const { q } = found;
  if (!q?.active || found.h?.active || found.f?.active) return found;
  for (const rid of ["h", "f"] as const) {
    const idle = found[rid];
    if (!idle) continue;
    idle.scaleResolutionDownBy = q.scaleResolutionDownBy;
    idle.maxBitrate = q.maxBitrate / 2;
  }
  return found;
}

/** Speech as it goes out unless the server asks for less; and the least that can be understood. */
export const plainSpeech: SpeechEncoding = { bitrate: 32_000, ptime: 20 };
export const leastSpeech: SpeechEncoding = { bitrate: 12_000, ptime: 60 };

/** The same, with nothing sent of it. */
export function paused(encodings: Encodings): Encodings {
  return Object.fromEntries(
    Object.entries(encodings).map(([rid, encoding]) => [rid, { ...encoding, active: false }]),
  );
}

/** Speech: Opus at so many bits a second. */
export function speechEncoding({ bitrate }: SpeechEncoding): RTCRtpEncodingParameters {
  return { maxBitrate: bitrate };
}

/** A shared screen: letters stay sharp, movement gives way. Before the server asks, all of it is sent. */
export function screenEncodings(captured: number, layers: number, asked: readonly Asked[] | null): Encodings {
  const found: Partial<Record<LayerName, Encoding>> = {};
  (["q", "h"] as const).forEach((rid, index) => {
    // One layer alone is all there is of it.
    const { lines, bitrate, framerate } = SCREENS[layers === 1 ? "h" : rid];
    const used = index < layers;
    const defaults = { active: index === layers - 1, bitrate, framerate };
    const request = asked?.find((each) => each.rid === rid);
    found[rid] = {
      ...encoding(Math.min(lines, captured), captured, defaults, request),
      ...(used ? {} : { active: false }),
    };
  });
  return found;
}
