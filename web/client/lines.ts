/** How the call's socket is opened, and what its media connection's state means to a person. */

import { socketUrl, takeSocket } from "./ahead";
import type { Bootstrap } from "./bootstrap";
import { Connection, type ConnectionListener } from "./connection";
import type { MediaState } from "./negotiation";
import type { MediaPath } from "./state";
import type { Timers } from "./timers";

export function socketTo(page: Bootstrap, timers: Timers, listener: ConnectionListener): Connection {
  return new Connection({
    connect: () => takeSocket(window, () => new WebSocket(socketUrl(page.ws, location))),
    timers,
    random: Math.random,
    listener,
  });
}

/** A way that could not be found stays so until there is one. */
export function mediaPath(state: MediaState, before: MediaPath): MediaPath {
  if (state === "connected") return "ok";
  return state === "failed" || before === "bad" ? "bad" : "wait";
}
