/** What whoever leads asks for about small rooms, and how anybody in one asks for help. */

import type { ClientMessage, Rotate, Split } from "./protocol";

/** How long (s) people have to finish their sentence when they are called back. */
export const CALL_BACK_IN = 30;

export class ApartActs {
  /** `ask` is false where there is no connection; the person has been told. */
  constructor(private readonly ask: (message: ClientMessage) => boolean) {}

  split(wanted: Omit<Split, "type">): boolean {
    return this.ask({ type: "split", ...wanted });
  }

  rotate(wanted: Omit<Rotate, "type">): boolean {
    return this.ask({ type: "rotate", ...wanted });
  }

  add(minutes: number): void {
    this.ask({ type: "apart-command", action: "add", minutes });
  }

  nextRound(): void {
    this.ask({ type: "apart-command", action: "next" });
  }

  /** Everybody comes back in so many seconds, 0 for now. */
  callBack(seconds: number): void {
    this.ask({ type: "apart-command", action: "back", seconds });
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
