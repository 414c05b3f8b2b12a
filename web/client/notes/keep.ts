/**
 * Edits that the server has not acknowledged, kept in localStorage over a reload or a crash of the tab.
 *
 * localStorage because it is synchronous: what is written in `pagehide` is there afterwards. Each document
 * session writes one key of its own, so that two tabs never overwrite each other; edits of a conflict-free
 * document may be sent twice without harm.
 */

import { fromBase64, toBase64 } from "lib0/buffer";
import { keys, PREFIX, type Shelf } from "./shelf";

export interface Kept {
  key: string;
  value: string;
  update: Uint8Array;
}

/** Writes the edits of one document session; `null` when nothing is unsent any more. */
export function keep(
  shelf: Shelf,
  room: { id: string; expires_ms: number },
  writer: number,
  update: Uint8Array | null,
): void {
  const key = `${PREFIX}${room.id}.${writer}`;
  if (update === null) {
    shelf.removeItem(key);
    return;
  }
  try {
    shelf.setItem(key, JSON.stringify({ until: room.expires_ms, update: toBase64(update) }));
  } catch {
    // Full or forbidden: the edits stay in memory, and the person still reads that they are not saved.
  }
}

/** What earlier sessions left for this room; what belongs to expired rooms is thrown away. */
export function kept(shelf: Shelf, room: string, now_ms: number): Kept[] {
  const found: Kept[] = [];
  for (const key of keys(shelf)) {
    const value = shelf.getItem(key) ?? "";
    try {
      const { until, update } = JSON.parse(value) as { until: number; update: string };
      if (until < now_ms) shelf.removeItem(key);
      else if (key.startsWith(`${PREFIX}${room}.`)) found.push({ key, value, update: fromBase64(update) });
    } catch {
      shelf.removeItem(key);
    }
  }
  return found;
}

/** Takes away what was sent and acknowledged, unless another tab has written more meanwhile. */
export function release(shelf: Shelf, sent: readonly Kept[]): void {
  for (const { key, value } of sent) {
    if (shelf.getItem(key) === value) shelf.removeItem(key);
  }
}
