/** What people do in a room beside seeing and hearing each other: one part a feature, and its messages. */

import { ApartActs } from "./apart-acts";
import { Asides, type AsidesHost } from "./asides";
import { FloorActs, type FloorHost } from "./floor";
import type { ServerMessage } from "./protocol";

export class Features {
  readonly floor: FloorActs;
  readonly apart: ApartActs;
  readonly asides: Asides;

  constructor(host: FloorHost & AsidesHost) {
    this.floor = new FloorActs(host);
    this.apart = new ApartActs((message) => host.ask(message));
    this.asides = new Asides(host);
  }

  /** Carries out what follows from a message; the state has taken it by then. */
  received(message: ServerMessage): void {
    this.asides.received(message);
    switch (message.type) {
      case "reacted":
        this.floor.fade();
        break;
      case "silenced":
        this.floor.silenced(message);
        break;
      default:
    }
  }
}
