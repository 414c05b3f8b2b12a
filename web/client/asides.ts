/** What goes on beside the talk: asked for again whenever this page is in, and handed to the views that show it. */

import type { Captions, ClientMessage, Pointers, PointingOff, ServerMessage } from "./protocol";
import type { State } from "./state";
import type { Store } from "./store";

/** So many messages with captions wait for what shows them. */
const MOST_EARLY = 20;

export interface AsidesHost {
  store: Store;
  /** Quietly: false where there is no connection. */
  send(message: ClientMessage): boolean;
  /** False where there is no connection; the person has been told. */
  ask(message: ClientMessage): boolean;
}

const isIn = (state: State): boolean => state.view === "room" && state.entered && state.joined;

export class Asides {
  // What changes many times a second goes past the state, straight to who draws it.
  private readonly pointing = new Set<(message: Pointers | PointingOff) => void>();
  private readonly reading = new Set<(message: Captions) => void>();
  /** How many views show pointers. */
  private pointers = 0;
  /** The first words, which came before what shows them. */
  private early: Captions[] = [];
  private readonly wishes = new Map<string, ClientMessage>();

  constructor(private readonly host: AsidesHost) {
    host.store.watch((after, before) => {
      if (!isIn(after)) return;
      const { shown } = after.captions;
      if (!isIn(before) || shown !== before.captions.shown) host.send({ type: "captions-wanted", on: shown });
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

  /** Calls back with where people point; returns the function that ends it. */
  watchPointers(watcher: (message: Pointers | PointingOff) => void): () => void {
    this.pointing.add(watcher);
    return () => this.pointing.delete(watcher);
  }

  /** Calls back with what people say, the first words too, which came before what shows them. */
  watchCaptions(watcher: (message: Captions) => void): () => void {
    for (const message of this.early.splice(0)) watcher(message);
    this.reading.add(watcher);
    return () => this.reading.delete(watcher);
  }

  received(message: ServerMessage): void {
    switch (message.type) {
      case "captions":
        if (this.reading.size === 0) this.early = [...this.early, message].slice(-MOST_EARLY);
        for (const watcher of this.reading) watcher(message);
        break;
      case "pointers":
      case "pointing-off":
        for (const watcher of this.pointing) watcher(message);
        break;
      default:
    }
  }
}
