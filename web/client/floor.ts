/** What a person does about hands, reactions and, leading, about others; and what others do about them. */

import { roomOf } from "./apart";
import type { ClientMessage, Moderation, Reaction, Silenced } from "./protocol";
import type { Store } from "./store";
import type { Timers } from "./timers";

/** How long a reaction is shown (ms). */
export const REACTION_FOR = 4_000;

export interface FloorHost {
  timers: Timers;
  store: Store;
  /** False where there is no connection; the person has been told. */
  ask(message: ClientMessage): boolean;
  switchOff(source: "microphone" | "screen"): void;
  toast(key: string, values: Readonly<Record<string, string | number>>): void;
}

export class FloorActs {
  private lines = 0;

  constructor(private readonly host: FloorHost) {}

  raiseHand(raised: boolean): void {
    this.host.ask({ type: "hand", raised });
  }

  react(reaction: Reaction): void {
    this.host.ask({ type: "react", reaction });
  }

  /** What a facilitator does about a member, the room, or somebody at the door. */
  moderate(action: Moderation, member: string | null = null): void {
    this.host.ask({ type: "moderate", action, member });
  }

  /** Asks for the chat's last lines, or for those before the first that is known. */
  fetchChat(earlier = false): void {
    const first = this.host.store.state.chat.lines[0];
    this.host.ask({ type: "chat-open", before_ms: earlier && first !== undefined ? first.at_ms : null });
  }

  /** Sends a line to this person's room, or to all rooms; false where it can't be sent now, and it stays where it was typed. */
  say(text: string, everywhere = false, reply: string | null = null): boolean {
    const key = String(++this.lines);
    const { apart, me } = this.host.store.state;
    // Nobody reads it for whom it wasn't meant: who was moved meanwhile gets it back.
    if (!this.host.ask({ type: "say", text, key, room: roomOf(apart, me.id), everywhere, reply }))
      return false;
    this.host.store.dispatch({ type: "chat-sent", key, text, reply });
    return true;
  }

  types(): void {
    this.host.ask({ type: "typing" });
  }

  /** A reaction has come: it goes after a moment, with those before it. */
  fade(): void {
    const { store, timers } = this.host;
    const id = store.state.reactions.at(-1)?.id ?? 0;
    timers.after(REACTION_FOR, () => store.dispatch({ type: "reaction-over", id }));
  }

  /** A facilitator has switched something off: it is off here too, and this person is told by whom. */
  silenced({ source, by }: Silenced): void {
    if (source === "camera") return;
    this.host.switchOff(source);
    const name = this.host.store.state.members.find((member) => member.id === by)?.name ?? "";
    this.host.toast(source === "screen" ? "toast.share-stopped" : "toast.muted", { name });
  }
}
