/** What people do in a room beside seeing and hearing each other: one part a feature, and its messages. */

import { AgendaActs } from "./agenda-acts";
import { ApartActs } from "./apart-acts";
import { Asides, type AsidesHost } from "./asides";
import { FloorActs, type FloorHost } from "./floor";
import type { ServerMessage } from "./protocol";

export class Features {
  readonly floor: FloorActs;
  readonly apart: ApartActs;
  readonly agenda: AgendaActs;
  readonly asides: Asides;

  constructor(host: FloorHost & AsidesHost) {
    this.floor = new FloorActs(host);
    this.agenda = new AgendaActs({
      timers: host.timers,
      timer: () => host.store.state.timer,
      ask: (message) => host.ask(message),
    });
    this.apart = new ApartActs(
      (message) => host.ask(message),
      () => host.store.state.apart?.since_ms ?? 0,
    );
    this.asides = new Asides(host);
  }

  /** Carries out what follows from a message; the state has taken it by then. */
  received(message: ServerMessage): void {
    this.asides.received(message);
    switch (message.type) {
      case "reacted":
        this.floor.fade();
        break;
      case "timer-changed":
        this.agenda.changed(message.timer);
        break;
      case "error":
        if (message.about === "agenda-edit") this.agenda.refused();
        break;
      case "silenced":
        this.floor.silenced(message);
        break;
      default:
    }
  }
}
