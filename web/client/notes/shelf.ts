/** Where this browser keeps unsent edits, and whether any wait: all that the room itself needs to know of them. */

/** The part of `Storage` that is used. */
export interface Shelf {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Begins each key. */
export const PREFIX = "compagnon.notes.unsent.";

/** This browser's localStorage; null where it is forbidden. */
export function shelfHere(): Shelf | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Every key under which edits are kept, of whichever room. */
export function keys(shelf: Shelf): string[] {
  const found: string[] = [];
  for (let i = 0; i < shelf.length; i++) {
    const key = shelf.key(i);
    if (key?.startsWith(PREFIX)) found.push(key);
  }
  return found;
}

/** Whether anything waits for this room: then the notes are worth opening even unseen. */
export function hasUnsent(shelf: Shelf | null, room: string): boolean {
  return shelf !== null && keys(shelf).some((key) => key.startsWith(`${PREFIX}${room}.`));
}
