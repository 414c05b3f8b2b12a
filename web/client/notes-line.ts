/** The notes' share of the one connection. The same object across reconnections. */

import type { Connection } from "./connection";
import type { NotesListener, NotesTransport } from "./notes/types";

export class NotesLine implements NotesTransport {
  connected = false;
  private readonly listeners = new Set<NotesListener>();

  constructor(private readonly connection: () => Connection) {}

  open(): void {
    this.connection().send({ type: "notes-open" });
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
