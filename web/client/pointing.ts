/** Pointers on a shared screen: where on the picture, how often told, and who points now. Pure. */

import type { Rect } from "./layout";
import type { Pointers } from "./protocol";

/** The whole width or height of a picture, as messages count it. */
export const WHOLE = 10_000;
/** Least time (ms) between two messages about one's own pointer. */
export const TELL_EVERY = 67;
/** Who has been still for so long (ms) points no longer. */
export const STILL = 2_000;
/** From then on (ms) their pointer fades. */
export const FADES = 1_500;

/** Where the picture lies, whole and centred, in a box. */
export function pictureIn(width: number, height: number, aspect: number): Rect {
  const scale = Math.min(width / aspect, height);
  const [w, h] = [scale * aspect, scale];
  return { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h };
}

/** A place on the picture, in ten-thousandths. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

const within = (value: number): number => Math.round(Math.min(WHOLE, Math.max(0, value)));

/** What lies under a point of the box; null beside the picture. */
export function placeAt(picture: Rect, x: number, y: number): Place | null {
  const [across, down] = [(x - picture.x) / picture.width, (y - picture.y) / picture.height];
  if (across < 0 || across > 1 || down < 0 || down > 1) return null;
  return { x: within(across * WHOLE), y: within(down * WHOLE) };
}

/** Where in the box a place of the picture is. */
export function pointAt(picture: Rect, { x, y }: Place): { readonly x: number; readonly y: number } {
  return { x: picture.x + (x / WHOLE) * picture.width, y: picture.y + (y / WHOLE) * picture.height };
}

const STEP = 150;
const LEAP = 1_000;

/** Where an arrow key moves the pointer; null for other keys. */
export function moved({ x, y }: Place, key: string, far: boolean): Place | null {
  const by = far ? LEAP : STEP;
  switch (key) {
    case "ArrowLeft":
      return { x: within(x - by), y };
    case "ArrowRight":
      return { x: within(x + by), y };
    case "ArrowUp":
      return { x, y: within(y - by) };
    case "ArrowDown":
      return { x, y: within(y + by) };
    default:
      return null;
  }
}

export interface Shown extends Place {
  readonly at: number;
}

/** Who points at the screen of `of`, after a message that arrived at `now` (ms). */
export function pointing(
  before: ReadonlyMap<string, Shown>,
  message: Pointers,
  of: string,
  now: number,
): ReadonlyMap<string, Shown> {
  const after = new Map(before);
  for (const { member, of: whose, x, y } of message.points) {
    if (whose === of) after.set(member, { x, y, at: now });
    else after.delete(member);
  }
  for (const member of message.gone) after.delete(member);
  return after;
}

/** Those who have moved of late. */
export function stillPointing(before: ReadonlyMap<string, Shown>, now: number): ReadonlyMap<string, Shown> {
  return new Map([...before].filter(([, { at }]) => now - at < STILL));
}
