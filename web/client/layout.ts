/** Where tiles go on the stage: pure geometry in CSS pixels, from 320 px to wide. */

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const GAP = 8;
const TILE_ASPECT = 16 / 9;
/** A tile may be cropped from 16:9 to this: a face in the middle stays whole. */
const NARROWEST_ASPECT = 3 / 4;

/** The grid that makes `count` tiles largest in `width` × `height`; the last row is centred. */
export function grid(count: number, width: number, height: number, gap = GAP): Rect[] {
  if (count <= 0 || width <= 0 || height <= 0) return [];
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cell = {
      width: (width - gap * (columns - 1)) / columns,
      height: (height - gap * (rows - 1)) / rows,
    };
    if (cell.width <= 0 || cell.height <= 0) continue;
    const tile = within(cell.width, cell.height);
    if (tile.width * tile.height > best.width * best.height) best = { columns, ...tile };
  }
  const rows = Math.ceil(count / best.columns);
  const top = (height - rows * best.height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / best.columns);
    const inRow = row === rows - 1 ? count - row * best.columns : best.columns;
    const left = (width - inRow * best.width - (inRow - 1) * gap) / 2;
    return {
      x: left + (index % best.columns) * (best.width + gap),
      y: top + row * (best.height + gap),
      width: best.width,
      height: best.height,
    };
  });
}

/** The largest tile in a cell: between 3:4 and 16:9. */
function within(width: number, height: number): { width: number; height: number } {
  const aspect = Math.min(TILE_ASPECT, Math.max(NARROWEST_ASPECT, width / height));
  return width / height > aspect ? { width: height * aspect, height } : { width, height: width / aspect };
}

export interface MainAndStrip {
  main: Rect;
  strip: Rect[];
}

/**
 * One large tile and `others` small ones: beside it on a wide stage, below it on a narrow one. Those that
 * don't fit in the strip are left out (the strip shows the first).
 */
export function mainAndStrip(others: number, width: number, height: number, gap = GAP): MainAndStrip {
  if (others <= 0) return { main: { x: 0, y: 0, width, height }, strip: [] };
  return width > height * 1.15
    ? besideMain(others, width, height, gap)
    : belowMain(others, width, height, gap);
}

function besideMain(others: number, width: number, height: number, gap: number): MainAndStrip {
  const room = (height - gap * (others - 1)) / others;
  const tileWidth = Math.round(Math.min(240, Math.max(120, width * 0.2), Math.max(150, room * TILE_ASPECT)));
  const tileHeight = tileWidth / TILE_ASPECT;
  const shown = Math.max(1, Math.min(others, Math.floor((height + gap) / (tileHeight + gap))));
  const top = (height - shown * tileHeight - (shown - 1) * gap) / 2;
  return {
    main: { x: 0, y: 0, width: width - tileWidth - gap, height },
    strip: Array.from({ length: shown }, (_, index) => ({
      x: width - tileWidth,
      y: top + index * (tileHeight + gap),
      width: tileWidth,
      height: tileHeight,
    })),
  };
}

function belowMain(others: number, width: number, height: number, gap: number): MainAndStrip {
  const tileHeight = Math.round(Math.min(140, Math.max(64, height * 0.18)));
  const room = (width - gap * (others - 1)) / others;
  const tileWidth = Math.min(tileHeight * TILE_ASPECT, Math.max(tileHeight * NARROWEST_ASPECT, room));
  const shown = Math.max(1, Math.min(others, Math.floor((width + gap) / (tileWidth + gap))));
  const left = (width - shown * tileWidth - (shown - 1) * gap) / 2;
  return {
    main: { x: 0, y: 0, width, height: height - tileHeight - gap },
    strip: Array.from({ length: shown }, (_, index) => ({
      x: left + index * (tileWidth + gap),
      y: height - tileHeight,
      width: tileWidth,
      height: tileHeight,
    })),
  };
}

export type Corner = "bottom-right" | "bottom-left" | "top-left" | "top-right";
export const corners: readonly Corner[] = ["bottom-right", "bottom-left", "top-left", "top-right"];

/** One's own small picture in a corner of the stage. */
export function ownPicture(corner: Corner, width: number, height: number, gap = GAP): Rect {
  const wide = width > height;
  const aspect = wide ? TILE_ASPECT : NARROWEST_ASPECT;
  const tileWidth = Math.round(
    wide ? Math.min(256, Math.max(128, width * 0.18)) : Math.min(132, width * 0.28),
  );
  const tileHeight = tileWidth / aspect;
  return {
    x: corner.endsWith("right") ? width - tileWidth - gap : gap,
    y: corner.startsWith("bottom") ? height - tileHeight - gap : gap,
    width: tileWidth,
    height: tileHeight,
  };
}

/** The corner nearest to a point of the stage: where a dragged picture comes to rest. */
export function nearestCorner(x: number, y: number, width: number, height: number): Corner {
  if (y > height / 2) return x > width / 2 ? "bottom-right" : "bottom-left";
  return x > width / 2 ? "top-right" : "top-left";
}

/**
 * The one other person: the whole stage, but on a tall narrow one no narrower than 3:4 when their picture
 * is a wide one, so that not only a strip of it is seen.
 */
export function single(pictureAspect: number | null, width: number, height: number): Rect {
  if (width / height >= NARROWEST_ASPECT || (pictureAspect !== null && pictureAspect < 1)) {
    return { x: 0, y: 0, width, height };
  }
  const tileHeight = Math.min(height, width / NARROWEST_ASPECT);
  return { x: 0, y: (height - tileHeight) / 3, width, height: tileHeight };
}

/** A face in a tall place: no narrower than 3:4, in its middle. */
export function portrait(place: Rect): Rect {
  const height = Math.min(place.height, place.width / NARROWEST_ASPECT);
  return { ...place, y: place.y + (place.height - height) / 2, height };
}

/** Fill the tile while at least two fifths of the picture's width or height stay in sight; else show it whole. */
export function cropOrWhole(pictureAspect: number, tileAspect: number): "cover" | "contain" {
  const kept = Math.min(pictureAspect / tileAspect, tileAspect / pictureAspect);
  return kept >= 0.4 ? "cover" : "contain";
}
