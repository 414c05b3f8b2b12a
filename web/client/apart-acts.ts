/** What whoever leads asks for about small rooms, and how anybody in one asks for help. */

import type { ClientMessage, Rotate, Split } from "./protocol";

/** How long (s) people have to finish their sentence when they are called back. */
export const CALL_BACK_IN = 30;

export class ApartActs {
  /**
   * `ask` is false where there is no connection; the person has been told. `seen` are the small rooms that
   * there are, by when they began (0 for none): of two who press at once, one is too late.
   */
  constructor(
    private readonly ask: (message: ClientMessage) => boolean,
    private readonly seen: () => number,
  ) {}

  split(wanted: Omit<Split, "type">): boolean {
    return this.ask({ type: "split", ...wanted, seen: this.seen() });
  }

  rotate(wanted: Omit<Rotate, "type">): boolean {
    return this.ask({ type: "rotate", ...wanted, seen: this.seen() });
  }

  add(minutes: number): void {
    this.ask({ type: "apart-command", action: "add", minutes });
  }

  nextRound(): void {
    this.ask({ type: "apart-command", action: "next", seen: this.seen() });
  }

  /** Everybody comes back in so many seconds, 0 for now. */
  callBack(seconds: number): void {
    this.ask({ type: "apart-command", action: "back", seconds, seen: this.seen() });
  }

  /** Somebody goes into the small room with this id; null is the main room. */
  move(member: string, room: string | null): void {
    this.ask({ type: "apart-command", action: "move", member, room });
  }

  askHelp(wanted: boolean): void {
    this.ask({ type: "ask-help", wanted });
  }

  /** Asks for what was written in small rooms that are over. */
  fetchNotes(): void {
    this.ask({ type: "small-notes-wanted" });
  }
}
