/** Stands in the page itself, in front of the room's own script: sees to it that that comes, and dials meanwhile. */

import { socketUrl } from "./ahead";
import { Openings } from "./opening";

const openings = new Openings({
  store: () => sessionStorage,
  online: () => navigator.onLine,
  whenOnline: (call) => window.addEventListener("online", call, { once: true }),
  after: (ms, call) => window.setTimeout(call, ms),
  reload: () => location.reload(),
});

// A script's error does not bubble: it is only seen on its way down.
document.addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLScriptElement) openings.failed();
  },
  true,
);
window.addEventListener("load", () => openings.loaded());

const path = document.currentScript?.dataset.socket;
if (path) window.ahead = new WebSocket(socketUrl(path, location));
