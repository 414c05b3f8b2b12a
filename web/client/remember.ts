/**
 * What this browser remembers: choices for next time (localStorage) and, for a reload in mid-call, what is
 * needed to come back without asking (sessionStorage, this tab only). A browser that refuses storage
 * forgets; nothing else changes.
 */

import { captionDefaults } from "./captions";
import type { Preferences } from "./state";

export interface Devices {
  microphone: string | null;
  camera: string | null;
  speaker: string | null;
}

export interface Remembered extends Preferences {
  devices: Devices;
  /** Whether this person last joined with them. */
  microphone: boolean;
  camera: boolean;
}

/** The call this tab is in. */
export interface Place {
  /** The secret of `joined`, for `resume`. */
  session: string;
  entered: boolean;
  name: string;
  microphone: boolean;
  camera: boolean;
}

const defaults: Remembered = {
  arrangement: "grid",
  ownShown: true,
  ownCorner: "bottom-right",
  sounds: true,
  lights: true,
  balance: true,
  shortcuts: true,
  captions: captionDefaults,
  devices: { microphone: null, camera: null, speaker: null },
  microphone: true,
  camera: true,
};

export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const CHOICES = "compagnon.choices";
const place = (link: string) => `compagnon.place.${link}`;

function read<T>(store: () => Store, key: string): Partial<T> | null {
  try {
    const text = store().getItem(key);
    const value: unknown = text === null ? null : JSON.parse(text);
    return typeof value === "object" ? (value as Partial<T> | null) : null;
  } catch {
    return null;
  }
}

function write(store: () => Store, key: string, value: unknown): void {
  try {
    if (value === null) store().removeItem(key);
    else store().setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or refused: the page works without.
  }
}

export class Memory {
  /** `link` tells one room from another in the same tab. */
  constructor(
    private readonly link: string,
    private readonly lasting: () => Store = () => localStorage,
    private readonly tab: () => Store = () => sessionStorage,
  ) {}

  get choices(): Remembered {
    const stored = read<Remembered>(this.lasting, CHOICES);
    return { ...defaults, ...stored, devices: { ...defaults.devices, ...stored?.devices } };
  }

  choose(change: Partial<Remembered>): void {
    write(this.lasting, CHOICES, { ...this.choices, ...change });
  }

  get place(): Place | null {
    const stored = read<Place>(this.tab, place(this.link));
    if (typeof stored?.session !== "string" || typeof stored.name !== "string") return null;
    return {
      session: stored.session,
      name: stored.name,
      entered: stored.entered === true,
      microphone: stored.microphone === true,
      camera: stored.camera === true,
    };
  }

  set place(value: Place | null) {
    write(this.tab, place(this.link), value);
  }
}
