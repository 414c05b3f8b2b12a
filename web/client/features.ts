/** What people do in a room beside seeing and hearing each other: one part a feature, and its messages. */

import { FloorActs, type FloorHost } from "./floor";
import type { ServerMessage } from "./protocol";

export class Features {
  readonly floor: FloorActs;

  constructor(host: FloorHost) {
    this.floor = new FloorActs(host);
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
