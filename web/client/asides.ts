/** What goes on beside the talk: asked for again whenever this page is in, and handed to the views that show it. */

import type { Captions, ClientMessage, Pointers, PointingOff, ServerMessage } from "./protocol";
import type { State } from "./state";
import type { Store } from "./store";

/** What changes many times a second, and so goes past the state straight to who draws it. */
export type Passing = Pointers | PointingOff | Captions;

export interface AsidesHost {
  store: Store;
  /** Quietly: false where there is no connection. */
  send(message: ClientMessage): boolean;
  /** False where there is no connection; the person has been told. */
  ask(message: ClientMessage): boolean;
}

const isIn = (state: State): boolean => state.view === "room" && state.entered && state.joined;

export class Asides {
  private readonly watchers = new Set<(message: Passing) => void>();
  /** How many views show pointers. */
  private pointers = 0;
  private readonly wishes = new Map<string, ClientMessage>();

  constructor(private readonly host: AsidesHost) {
    host.store.watch((after, before) => {
      if (!isIn(after)) return;
      // Who has been given the lead sees more of them.
      if (!isIn(before) || after.me.role !== before.me.role) host.send({ type: "polls-wanted" });
      if (!isIn(before)) for (const wish of this.wishes.values()) host.send(wish);
    });
  }

  /** Does something in the room; false where that can't be done now. */
  ask(message: ClientMessage): boolean {
    return this.host.ask(message);
  }

  /** Tells the server of something that nobody misses. */
  send(message: ClientMessage): void {
    this.host.send(message);
  }

  /** What this page wants from now on, said again after every reconnection. */
  wish(message: ClientMessage): void {
    this.wishes.set(message.type, message);
    if (isIn(this.host.store.state)) this.host.send(message);
  }

  /** Wants to be told where people point; returns the function that ends it. */
  wantPointers(): () => void {
    this.pointers += 1;
    this.wish({ type: "pointers-wanted", on: true });
    return () => {
      this.pointers -= 1;
      if (this.pointers === 0) this.wish({ type: "pointers-wanted", on: false });
    };
  }

  /** Calls back with what passes by; returns the function that ends it. */
  watch(watcher: (message: Passing) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  received(message: ServerMessage): void {
    switch (message.type) {
      case "pointers":
      case "pointing-off":
      case "captions":
        for (const watcher of [...this.watchers]) watcher(message);
        break;
      default:
    }
  }
}
