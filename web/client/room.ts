/** The room page begins here: what the server wrote into it, the words, the call, and what draws it. */

import { Awake, browserAwake } from "./awake";
import { readBootstrap } from "./bootstrap";
import { Call } from "./call";
import { useCatalogue } from "./i18n";
import { keepOffline } from "./installed";
import { Memory } from "./remember";
import type { State } from "./state";
import { browserTimers } from "./timers";
import { RoomApp } from "./views/app";
import { fetchWords } from "./words";

declare global {
  interface Window {
    /** For tests, and for whoever helps a person to read what their connection does. */
    compagnon: {
      readonly peer: RTCPeerConnection | null;
      readonly state: State;
      readonly socket: unknown;
      /** The server's time in ms, as this page knows it. */
      serverNow(): number;
    };
  }
}

async function begin(): Promise<void> {
  const page = readBootstrap(document);
  const players = document.createElement("div");
  players.hidden = true;
  document.body.append(players);
  const call = new Call({ page, memory: new Memory(page.token), timers: browserTimers, players });
  window.compagnon = {
    get peer() {
      return call.peer;
    },
    get state() {
      return call.state;
    },
    get socket() {
      return call.connection.socket;
    },
    serverNow: call.serverNow,
  };
  call.start();
  follow(call);
  const awake = new Awake(browserAwake);
  call.store.watch((after) => awake.want(after.view === "room" && after.entered));
  keepOffline();
  useCatalogue(await fetchWords(page.strings, browserTimers), page.language);
  const app = new RoomApp();
  app.call = call;
  app.page = page;
  app.timers = browserTimers;
  document.getElementById("app")?.replaceChildren(app);
}

/** What the browser tells of the network and of being looked at. */
function follow(call: Call): void {
  window.addEventListener("online", () => call.networkChanged());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) call.wake();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") call.wake();
  });
  // Its `change` also tells of mere estimates of speed: only another kind of network counts.
  const network = (navigator as { connection?: EventTarget & { type?: string } }).connection;
  let kind = network?.type;
  network?.addEventListener("change", () => {
    if (network.type !== kind) call.networkChanged();
    kind = network.type;
  });
}

void begin();
