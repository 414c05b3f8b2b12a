/**
 * How much to send, by how many people are in the room. One layer each (the relay forwards, it never
 * re-encodes), so in a group everyone lowers their own: each person's line down carries all the others.
 */

export interface Encoding {
  /** Bits a second. */
  maxBitrate: number;
  /** How many times smaller than captured, at least 1. */
  scaleResolutionDownBy: number;
  /** Frames a second. */
  maxFramerate: number;
}

/** Picture lines and bits a second by people in the room: 720p one to one, 360p to four, then smaller. */
const camera = [
  { people: 2, lines: 720, bitrate: 2_500_000, framerate: 30 },
  { people: 4, lines: 360, bitrate: 600_000, framerate: 30 },
  { people: 6, lines: 270, bitrate: 300_000, framerate: 20 },
  { people: Number.POSITIVE_INFINITY, lines: 180, bitrate: 200_000, framerate: 15 },
];

/** The camera's encoding. `captured` is the short side of what the camera gives, in pixels. */
export function cameraEncoding(people: number, captured: number): Encoding {
  const step = camera.find((each) => people <= each.people) ?? camera[0];
  const { lines, bitrate, framerate } = step as (typeof camera)[number];
  return {
    maxBitrate: bitrate,
    scaleResolutionDownBy: Math.max(1, captured / lines),
    maxFramerate: framerate,
  };
}

/** A shared screen: letters stay sharp (1080 lines), movement gives way: 15 frames a second for few, 5 for many. */
export function screenEncoding(people: number, captured: number): Encoding {
  const few = people <= 4;
  return {
    maxBitrate: few ? 2_500_000 : 1_200_000,
    scaleResolutionDownBy: Math.max(1, captured / 1080),
    maxFramerate: few ? 15 : 5,
  };
}
