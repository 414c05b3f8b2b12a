/** The notes' share of the one connection: a line for each room, main or small, that this person is in by turns. */

import { MAIN } from "./apart";
import type { Connection } from "./connection";
import type { NotesListener, NotesTransport } from "./notes/types";

/** The notes of one room. The same object across reconnections, and when this person comes back into that room. */
export class NotesLine implements NotesTransport {
  connected = false;
  private readonly listeners = new Set<NotesListener>();

  constructor(
    private readonly connection: () => Connection,
    /** A small room's id, or that of the main room. */
    readonly room: string,
  ) {}

  open(): void {
    this.connection().send({ type: "notes-open", room: this.room });
  }

  send(frame: Uint8Array): void {
    if (this.connected) this.connection().sendFrame(frame);
  }

  subscribe(listener: NotesListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** This member is in the room, on a new connection. */
  up(): void {
    if (this.connected) return;
    this.connected = true;
    for (const listener of [...this.listeners]) listener.connected();
  }

  down(): void {
    if (!this.connected) return;
    this.connected = false;
    for (const listener of [...this.listeners]) listener.lost();
  }

  frame(data: Uint8Array): void {
    for (const listener of [...this.listeners]) listener.frame(data);
  }

  saved(count: number): void {
    for (const listener of [...this.listeners]) listener.saved(count);
  }
}

/** The lines of all rooms that this person has been in; one is in use, and the others wait. */
export class NotesLines {
  private readonly lines = new Map<string, NotesLine>();
  private room = MAIN;

  constructor(private readonly connection: () => Connection) {}

  /** The line of the room in which this person is now. */
  get here(): NotesLine {
    const line = this.lines.get(this.room) ?? new NotesLine(this.connection, this.room);
    this.lines.set(this.room, line);
    return line;
  }

  /** This person is in another room: what goes over the connection from now on belongs to its notes. */
  go(room: string): void {
    if (room === this.room) return;
    const { connected } = this.here;
    this.here.down();
    this.room = room;
    if (connected) this.here.up();
  }

  up(): void {
    this.here.up();
  }

  down(): void {
    this.here.down();
  }

  frame(data: Uint8Array): void {
    this.here.frame(data);
  }

  saved(count: number): void {
    this.here.saved(count);
  }
}
