/** Who else has the notes open, where their caret is, and who is writing: y-protocols awareness, thrifty. */

import { Awareness, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";

/** A stretch of the text between two positions that survive edits by others. */
export interface Cursor {
  anchor: Y.RelativePosition;
  head: Y.RelativePosition;
}

/** Another person's place in the notes. `client` tells two windows of the same person apart. */
export interface Other {
  client: number;
  /** The member's id. */
  id: string;
  cursor: Cursor | null;
  typing: boolean;
}

interface Shown {
  user: { id: string };
  cursor: Cursor | null;
  typing: boolean;
}

/** How long after the last key somebody counts as writing. */
const TYPING_MS = 3_000;

/** Reads a state that came over the network; null when it has not the shape of one of ours. */
function readState(client: number, state: unknown): Other | null {
  const { user, cursor, typing } = (state ?? {}) as Partial<Record<string, unknown>>;
  const id = (user as { id?: unknown } | undefined)?.id;
  if (typeof id !== "string") return null;
  const { anchor, head } = (cursor ?? {}) as { anchor?: unknown; head?: unknown };
  const placed = typeof anchor === "object" && typeof head === "object" && anchor !== null && head !== null;
  return {
    client,
    id,
    cursor: placed
      ? { anchor: Y.createRelativePositionFromJSON(anchor), head: Y.createRelativePositionFromJSON(head) }
      : null,
    typing: typing === true,
  };
}

export class Presence {
  readonly awareness: Awareness;
  private shown: Shown | null = null;
  private pause_ms = 150;
  private published_ms = Number.NEGATIVE_INFINITY;
  private publishing: ReturnType<typeof setTimeout> | undefined;
  private resting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    doc: Y.Doc,
    private readonly me: string,
  ) {
    this.awareness = new Awareness(doc);
    this.awareness.setLocalState(null);
  }

  /** Everyone else who has the notes open. */
  others(): Other[] {
    const found: Other[] = [];
    for (const [client, state] of this.awareness.getStates()) {
      const other = client === this.awareness.clientID ? null : readState(client, state);
      if (other) found.push(other);
    }
    return found;
  }

  /** Calls back when others came, left, moved or began or stopped writing. */
  onChange(changed: () => void): () => void {
    const listener = (clients: { added: number[]; updated: number[]; removed: number[] }): void => {
      const touched = [...clients.added, ...clients.updated, ...clients.removed];
      if (touched.some((client) => client !== this.awareness.clientID)) changed();
    };
    this.awareness.on("change", listener);
    return () => this.awareness.off("change", listener);
  }

  /** A view is open; its caret is published at most every `pause_ms`. */
  open(pause_ms: number): void {
    this.pause_ms = pause_ms;
    this.shown = { user: { id: this.me }, cursor: null, typing: false };
    this.publish();
  }

  /** The view is closed: others no longer see this person in the notes. */
  close(): void {
    clearTimeout(this.resting);
    this.shown = null;
    this.publish();
  }

  /** The caret or selection moved, or (null) the view lost the focus. */
  move(cursor: Cursor | null): void {
    if (!this.shown || sameCursor(this.shown.cursor, cursor)) return;
    this.shown = { ...this.shown, cursor };
    this.publishSoon();
  }

  /** This person changed the text. */
  typed(): void {
    if (!this.shown) return;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.type(false), TYPING_MS);
    this.type(true);
  }

  /** The connection is gone: nobody else can be seen, and all of them are read afresh when it is back. */
  forgetOthers(): void {
    const others = [...this.awareness.meta.keys()].filter((client) => client !== this.awareness.clientID);
    removeAwarenessStates(this.awareness, others, "lost");
    // A peer that sat still meanwhile comes back with the clock it had: with the old one remembered it
    // would be taken for known and stay invisible until it moves.
    for (const client of others) this.awareness.meta.delete(client);
  }

  /** Publishes this person's place again, with a new clock, on a new connection. */
  republish(): void {
    if (this.shown) this.publish();
  }

  destroy(): void {
    clearTimeout(this.publishing);
    clearTimeout(this.resting);
    this.awareness.destroy();
  }

  private type(typing: boolean): void {
    if (!this.shown || this.shown.typing === typing) return;
    this.shown = { ...this.shown, typing };
    this.publishSoon();
  }

  private publishSoon(): void {
    if (this.publishing !== undefined) return;
    const wait_ms = this.published_ms + this.pause_ms - performance.now();
    if (wait_ms <= 0) this.publish();
    else this.publishing = setTimeout(() => this.publish(), wait_ms);
  }

  private publish(): void {
    clearTimeout(this.publishing);
    this.publishing = undefined;
    this.published_ms = performance.now();
    this.awareness.setLocalState(this.shown);
  }
}

function sameCursor(a: Cursor | null, b: Cursor | null): boolean {
  if (a === null || b === null) return a === b;
  return Y.compareRelativePositions(a.anchor, b.anchor) && Y.compareRelativePositions(a.head, b.head);
}
