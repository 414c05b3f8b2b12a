/** Changes of the agenda: sent one after the other, each made for the agenda as the one before has left it. */

import type { AgendaEdit, ClientMessage, Timer } from "./protocol";
import type { Timers } from "./timers";

/** After so long (ms) an edit without an answer no longer holds up the next. */
export const ANSWER_WITHIN = 4_000;

/** An edit but for its revision; made when its turn comes, null when it makes no sense any more. */
export type Making = (timer: Timer) => Omit<AgendaEdit, "type" | "revision"> | null;

export interface AgendaHost {
  timers: Timers;
  timer(): Timer | null;
  /** False where there is no connection; the person has been told. */
  ask(message: ClientMessage): boolean;
}

export class AgendaActs {
  private readonly waiting: Making[] = [];
  /** The agenda that the edit under way was made for, and what ends the wait for its answer. */
  private sent: { readonly revision: number; readonly stop: () => void } | null = null;

  constructor(private readonly host: AgendaHost) {}

  edit(make: Making): void {
    this.waiting.push(make);
    this.next();
  }

  /** The timer has changed: where that is another agenda, the next edit can be made for it. */
  changed(timer: Timer): void {
    if (this.sent !== null && (timer.revision ?? 0) > this.sent.revision) this.over();
  }

  /** The edit was refused; what was to follow it is given up with it. */
  refused(): void {
    this.waiting.length = 0;
    this.over();
  }

  private over(): void {
    this.sent?.stop();
    this.sent = null;
    this.next();
  }

  private next(): void {
    while (this.sent === null) {
      const timer = this.host.timer();
      const make = this.waiting.shift();
      if (timer === null || make === undefined) return;
      const edit = make(timer);
      if (edit === null) continue;
      const revision = timer.revision ?? 0;
      if (!this.host.ask({ type: "agenda-edit", revision, ...edit })) {
        this.waiting.length = 0;
        return;
      }
      this.sent = { revision, stop: this.host.timers.after(ANSWER_WITHIN, () => this.over()) };
    }
  }
}
