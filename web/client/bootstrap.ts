/** What the server wrote into the page: `web/views.py`, `Bootstrap`. */

import type { Guest, IceServer, Language, Rung } from "./protocol";

export interface Bootstrap {
  readonly token: string;
  readonly language: Language;
  /** Path of the WebSocket. */
  readonly ws: string;
  readonly room: {
    readonly title: string;
    readonly format: string;
    readonly minutes: number;
    readonly guests: readonly Guest[];
    readonly expires_ms: number;
  };
  readonly me: Guest;
  readonly video_slots: number;
  /** TURN relays; none in most places. */
  readonly ice_servers: readonly IceServer[];
  /** What an hour on each rung takes with one other person, both ways. */
  readonly bytes_per_hour: Readonly<Record<Rung, number>>;
  /** Address of the catalogue. */
  readonly strings: string;
  readonly notes_url: string;
  /** Page of the appointment that the room belongs to, empty for none. */
  readonly after_url: string;
  readonly limits: { readonly name: number };
}

export function readBootstrap(page: Document): Bootstrap {
  return JSON.parse(page.getElementById("bootstrap")?.textContent ?? "") as Bootstrap;
}
