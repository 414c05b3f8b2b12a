/** The one place that holds the state; views draw it, effects watch it change. */

import type { ServerMessage } from "./protocol";
import { type Act, act, receive } from "./reduce";
import type { State } from "./state";

export class Store {
  private readonly watchers = new Set<(after: State, before: State) => void>();

  constructor(
    private current: State,
    private readonly now: () => number,
  ) {}

  get state(): State {
    return this.current;
  }

  dispatch(event: Act): void {
    this.become(act(this.current, event));
  }

  receive(message: ServerMessage): void {
    this.become(receive(this.current, message, this.now()));
  }

  /** Calls back after each change; returns the function that ends it. */
  watch(watcher: (after: State, before: State) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private become(after: State): void {
    const before = this.current;
    if (after === before) return;
    this.current = after;
    for (const watcher of [...this.watchers]) watcher(after, before);
  }
}
