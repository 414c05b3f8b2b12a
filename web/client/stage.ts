/** Who is on the stage and where: from the state to placed tiles. Pure. */

import { boxAtHand } from "./boxes";
import { cropOrWhole, grid, mainAndStrip, ownPicture, portrait, type Rect, single } from "./layout";
import type { Member, Quality, Watched } from "./protocol";
import { type Arrangement, type LiveSlot, myself, observes, partners, type State, slotOf } from "./state";

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
  return partners(state)
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

/** Whoever observes sends no picture, and has none of themself to look at. */
const ownShown = (state: State): boolean => state.ownShown && !observes(state);

export function sceneOf(state: State): Scene {
  const count = partners(state).length;
  if (count === 0) return "alone";
  if (screenTiles(state).length > 0) return "speaker";
  if (count === 1) return "pair";
  return arranged(state);
}

/**
 * How people are shown: somebody who is kept large is so in the speaker view; else as this person chose during
 * this box, as the box proposes, as they like it.
 */
export function arranged(state: State): Arrangement {
  if (state.kept !== null) return "speaker";
  const box = boxAtHand(state.timer);
  const proposed = box === null || box.id === state.arrangedIn ? "auto" : (box.layout ?? "auto");
  return proposed === "auto" ? state.arrangement : proposed;
}

/** Who is large in the speaker view: whom this person keeps there, the one who speaks or spoke last, the first. */
function leading(state: State): Member | undefined {
  const present = partners(state);
  const lead = state.kept ?? state.lastSpeaker;
  return present.find((member) => member.id === lead) ?? present[0];
}

/** What lies over the stage at its top and bottom, in px: one's own picture keeps clear of it. */
export interface Reserve {
  readonly top: number;
  readonly bottom: number;
}

/** Tiles of a grid's page, one's own among them: as many pictures as a browser has lines for (8), and oneself. */
const PAGE = 9;
/** On a small stage (px) faces would be stamps. */
const SMALL_PAGE = 6;
const SMALL_WIDTH = 600;
const SMALL_HEIGHT = 420;
/** The buttons that turn the pages take so much (px) of the stage's bottom: `.stage-pager` has the same. */
const PAGER = 52;

export interface Paging {
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  /** Others on each page. */
  readonly size: number;
}

/** How a grid on a stage of `width` × `height` is divided. One's own picture is on each page. */
export function paging(state: State, width: number, height: number): Paging {
  const most = width < SMALL_WIDTH || height < SMALL_HEIGHT ? SMALL_PAGE : PAGE;
  const size = ownShown(state) ? most - 1 : most;
  const pages = sceneOf(state) === "grid" ? Math.max(1, Math.ceil(partners(state).length / size)) : 1;
  return { page: Math.min(state.page, pages - 1), pages, size };
}

/**
 * The tiles with the first `count` brought forward: who spoke last, then who came first. Those first ones
 * keep the order in which they came, so that nobody moves but by changing places with who has to make room.
 */
function foremost(state: State, tiles: readonly Tile[], count: number): Tile[] {
  if (tiles.length <= count) return [...tiles];
  const rank = new Map(state.spoke.map((id, index) => [id, index]));
  if (state.kept !== null) rank.set(state.kept, -1);
  const chosen = new Set(
    tiles
      .map((tile, index) => ({ tile, order: rank.get(tile.member.id) ?? state.spoke.length + index }))
      .sort((a, b) => a.order - b.order)
      .slice(0, count)
      .map(({ tile }) => tile),
  );
  return [...tiles.filter((tile) => chosen.has(tile)), ...tiles.filter((tile) => !chosen.has(tile))];
}

/**
 * What this person looks at among placed tiles, most important first, for the server: nobody else's picture
 * need be sent. Cameras that are off are named too, so that they are there at once when they go on. While the
 * page is `hidden`, it is the large one alone, as small as can be.
 */
export function watched(tiles: readonly PlacedTile[], pixelRatio: number, hidden: boolean): Watched[] {
  const order: Record<Role, number> = { main: 0, cell: 1, strip: 2, own: 3 };
  return tiles
    .filter((tile) => !tile.self)
    .filter((tile) => !hidden || tile.role === "main")
    .sort((a, b) => order[a.role] - order[b.role] || Number(b.speaking) - Number(a.speaking))
    .map(({ member, source, rect }) => ({
      member: member.id,
      source,
      lines: hidden ? 1 : Math.max(1, Math.round(rect.height * pixelRatio)),
    }));
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
  const people = partners(state).map((member) => cameraTile(state, member, false));
  const scene = sceneOf(state);
  const corner = ownPicture(state.ownCorner, width, height - reserve.top - reserve.bottom);
  const mine: PlacedTile = {
    ...own,
    role: "own",
    rect: { ...corner, y: corner.y + reserve.top },
    covered: 0,
  };
  if (scene === "alone") return ownShown(state) ? [mine] : [];
  if (scene === "pair") {
    const other = people[0] as Tile;
    const rect = other.member.camera
      ? single(aspects.get(other.key) ?? null, width, height)
      : { x: 0, y: 0, width, height };
    const covered = Math.max(0, rect.y + rect.height - (height - reserve.bottom));
    return [{ ...other, role: "main", rect, covered }, ...(ownShown(state) ? [mine] : [])];
  }
  if (scene === "grid") {
    const { page, pages, size } = paging(state, width, height);
    const shown = foremost(state, people, size).slice(page * size, (page + 1) * size);
    const all = ownShown(state) ? [...shown, own] : shown;
    const rects = grid(all.length, width, pages > 1 ? height - PAGER : height);
    return all.map((tile, index) => ({ ...tile, role: "cell", rect: rects[index] as Rect, covered: 0 }));
  }
  return speakerTiles(state, people, own, width, height);
}

/** About as many faces as fit beside a shared screen. */
const FACES_BESIDE_SCREEN = 6;

function speakerTiles(state: State, people: Tile[], own: Tile, width: number, height: number): PlacedTile[] {
  const [screen, ...screens] = screenTiles(state);
  const lead = leading(state)?.id;
  const main = screen ?? (people.find((tile) => tile.member.id === lead) as Tile);
  const rest = people.filter((tile) => tile !== main);
  const faces =
    screen === undefined
      ? rest
      : [...foremost(state, rest, FACES_BESIDE_SCREEN)].sort(
          (a, b) => Number(b.member.id === lead) - Number(a.member.id === lead),
        );
  const count = screens.length + faces.length + Number(ownShown(state));
  const places = mainAndStrip(count, width, height);
  const room = Math.max(1, places.strip.length - screens.length - Number(ownShown(state)));
  const small = [
    ...screens,
    ...(screen === undefined ? foremost(state, faces, room) : faces),
    ...(ownShown(state) ? [own] : []),
  ];
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

/** Whether one person can be kept large: where one fills the stage anyway there is nothing to choose. */
export const canKeep = (state: State): boolean => partners(state).length > 1;

/** From three people on there is a choice, unless a shared screen is large anyway. */
export const canArrange = (state: State): boolean =>
  partners(state).length > 1 && screenTiles(state).length === 0;
