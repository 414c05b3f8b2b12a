/** What people do in a room beside seeing and hearing each other: one part a feature, and its messages. */

import { ApartActs } from "./apart-acts";
import { FloorActs, type FloorHost } from "./floor";
import type { ServerMessage } from "./protocol";

export class Features {
  readonly floor: FloorActs;
  readonly apart: ApartActs;

  constructor(host: FloorHost) {
    this.floor = new FloorActs(host);
    this.apart = new ApartActs((message) => host.ask(message));
  }

  /** Carries out what follows from a message; the state has taken it by then. */
  received(message: ServerMessage): void {
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
