/** Who is on the stage and where: from the state to placed tiles. Pure. */

import { cropOrWhole, grid, mainAndStrip, ownPicture, portrait, type Rect, single } from "./layout";
import type { Member, Quality } from "./protocol";
import { type LiveSlot, myself, others, type State, slotOf } from "./state";

export interface Tile {
  /** Stays the same as long as the tile stands for the same thing. */
  readonly key: string;
  readonly member: Member;
  readonly source: "camera" | "screen";
  readonly self: boolean;
  /** The slot with the picture; undefined when there is none, or when it is one's own. */
  readonly slot: LiveSlot | undefined;
  readonly speaking: boolean;
  readonly quality: Quality;
}

export type Role = "main" | "cell" | "strip" | "own";

export interface PlacedTile extends Tile {
  readonly rect: Rect;
  readonly role: Role;
  /** How far (px) the controls lie over its bottom edge: its name keeps clear of them. */
  readonly covered: number;
}

/** `alone`: nobody else yet; `pair`: one other fills the stage; `grid`; `speaker`: one large, the rest small. */
export type Scene = "alone" | "pair" | "grid" | "speaker";

/** While this browser itself is cut off, it only knows that of itself. */
export function qualityOf(state: State, member: Member): Quality {
  const cutOff = state.link === "lost" || state.link === "stopping";
  if (cutOff) return member.id === state.me.id ? "lost" : "unknown";
  return member.connected ? (state.quality[member.id] ?? "unknown") : "lost";
}

function cameraTile(state: State, member: Member, self: boolean): Tile {
  return {
    key: `${member.id}/camera`,
    member,
    source: "camera",
    self,
    slot: self ? undefined : slotOf(state, member.id, "camera"),
    speaking: state.speaker === member.id && member.microphone,
    quality: qualityOf(state, member),
  };
}

/** The others' shared screens. One's own is not shown to oneself: it would mirror endlessly. */
function screenTiles(state: State): Tile[] {
  return others(state)
    .filter((member) => member.screen)
    .map((member) => ({
      key: `${member.id}/screen`,
      member,
      source: "screen",
      self: false,
      slot: slotOf(state, member.id, "screen"),
      speaking: false,
      quality: qualityOf(state, member),
    }));
}

export function sceneOf(state: State): Scene {
  const count = others(state).length;
  if (count === 0) return "alone";
  if (screenTiles(state).length > 0) return "speaker";
  if (count === 1) return "pair";
  return state.arrangement;
}

/** Who is large in the speaker view: the one who speaks or spoke last, else the first. */
function leading(state: State): Member | undefined {
  const present = others(state);
  return present.find((member) => member.id === state.lastSpeaker) ?? present[0];
}

/** What lies over the stage at its top and bottom, in px: one's own picture keeps clear of it. */
export interface Reserve {
  readonly top: number;
  readonly bottom: number;
}

/**
 * Every tile and its place on a stage of `width` × `height`; `aspects` are the shapes of pictures already
 * seen, by tile key. Tiles that have no room are left out.
 */
export function placeTiles(
  state: State,
  width: number,
  height: number,
  aspects: ReadonlyMap<string, number> = new Map(),
  reserve: Reserve = { top: 0, bottom: 0 },
): PlacedTile[] {
  const own = cameraTile(state, myself(state), true);
  const people = others(state).map((member) => cameraTile(state, member, false));
  const scene = sceneOf(state);
  const corner = ownPicture(state.ownCorner, width, height - reserve.top - reserve.bottom);
  const mine: PlacedTile = {
    ...own,
    role: "own",
    rect: { ...corner, y: corner.y + reserve.top },
    covered: 0,
  };
  if (scene === "alone") return state.ownShown ? [mine] : [];
  if (scene === "pair") {
    const other = people[0] as Tile;
    const rect = other.member.camera
      ? single(aspects.get(other.key) ?? null, width, height)
      : { x: 0, y: 0, width, height };
    const covered = Math.max(0, rect.y + rect.height - (height - reserve.bottom));
    return [{ ...other, role: "main", rect, covered }, ...(state.ownShown ? [mine] : [])];
  }
  if (scene === "grid") {
    const all = state.ownShown ? [...people, own] : people;
    const rects = grid(all.length, width, height);
    return all.map((tile, index) => ({ ...tile, role: "cell", rect: rects[index] as Rect, covered: 0 }));
  }
  return speakerTiles(state, people, own, width, height);
}

function speakerTiles(state: State, people: Tile[], own: Tile, width: number, height: number): PlacedTile[] {
  const [screen, ...screens] = screenTiles(state);
  const lead = leading(state)?.id;
  const main = screen ?? (people.find((tile) => tile.member.id === lead) as Tile);
  const rest = people.filter((tile) => tile !== main);
  const faces =
    screen === undefined
      ? rest
      : [...rest].sort((a, b) => Number(b.member.id === lead) - Number(a.member.id === lead));
  const small = [...screens, ...faces, ...(state.ownShown ? [own] : [])];
  const places = mainAndStrip(small.length, width, height);
  const shown = small.length > places.strip.length ? withOwn(small, places.strip.length) : small;
  const large = screen === undefined ? portrait(places.main) : places.main;
  return [
    { ...main, role: "main", rect: large, covered: 0 },
    ...shown.map(
      (tile, index): PlacedTile => ({
        ...tile,
        role: "strip",
        rect: places.strip[index] as Rect,
        covered: 0,
      }),
    ),
  ];
}

/** The first `count` of the strip; one's own picture keeps its place at the end. */
function withOwn(tiles: Tile[], count: number): Tile[] {
  const own = tiles.find((tile) => tile.self);
  if (own === undefined || count < 2) return tiles.slice(0, count);
  return [...tiles.filter((tile) => !tile.self).slice(0, count - 1), own];
}

/** Screens are always shown whole; faces fill their tile where that doesn't cut too much. */
export function pictureFit(tile: PlacedTile, aspect: number | undefined): "cover" | "contain" {
  if (tile.source === "screen") return "contain";
  return aspect === undefined ? "cover" : cropOrWhole(aspect, tile.rect.width / tile.rect.height);
}

/** From three people on there is a choice, unless a shared screen is large anyway. */
export const canArrange = (state: State): boolean =>
  others(state).length > 1 && screenTiles(state).length === 0;
