/** What goes out of one's own: tracks on the connection, how much of them, and what the server is told of it. */

import type { Negotiation } from "./negotiation";
import type { ClientMessage, Enter, Media, Member, Source } from "./protocol";
import { cameraEncoding, screenEncoding } from "./sending";
import type { State } from "./state";

const all = ["microphone", "camera", "screen"] as const;

export interface OutgoingParts {
  state: () => State;
  track: (source: Source) => MediaStreamTrack | null;
  negotiation: () => Pick<Negotiation, "setTrack" | "setEncoding">;
  /** False when there is no connection. */
  send: (message: ClientMessage) => boolean;
}

export class Outgoing {
  /** What the server believes that this member sends. */
  private told: Readonly<Record<Source, boolean>> = { microphone: false, camera: false, screen: false };

  constructor(private readonly parts: OutgoingParts) {}

  /** Sends a source as it is now: its track, or nothing. */
  attach(source: Source): void {
    const track = this.parts.track(source);
    void this.parts.negotiation().setTrack(source, track);
    if (track !== null) this.shape(source, track);
  }

  /** Nothing goes out. */
  detachAll(): void {
    for (const source of all) void this.parts.negotiation().setTrack(source, null);
  }

  /** The number of people changed: how much each sends follows. */
  shapeAll(): void {
    for (const source of all) {
      const track = this.parts.track(source);
      if (track !== null) this.shape(source, track);
    }
  }

  /** Into the room: what is to be sent is attached while the message is on its way. */
  enter(): void {
    for (const source of all) this.attach(source);
    const { joined, me, mine } = this.parts.state();
    if (!joined) return;
    const microphone = mine.microphone === "on";
    const camera = mine.camera === "on";
    const message: Enter = { type: "enter", name: me.name, microphone, camera };
    if (this.parts.send(message)) this.told = { microphone, camera, screen: false };
  }

  /** Back in the room by `resume`: the server's word of what this member sends. */
  resumed({ microphone, camera, screen }: Pick<Member, Source>): void {
    this.told = { microphone, camera, screen };
    this.tell();
  }

  /** Tells the server what has changed of what this member sends. */
  tell(): void {
    const { entered, joined, mine } = this.parts.state();
    if (!entered || !joined) return;
    const changed: { -readonly [Key in Source]?: boolean } = {};
    for (const source of all) {
      const on = mine[source] === "on";
      if (on !== this.told[source]) changed[source] = on;
    }
    if (Object.keys(changed).length === 0) return;
    const message: Media = { type: "media", ...changed };
    if (this.parts.send(message)) this.told = { ...this.told, ...changed };
  }

  private shape(source: Source, track: MediaStreamTrack): void {
    if (source === "microphone") return;
    const { width, height } = track.getSettings();
    const captured = Math.min(width ?? 1280, height ?? 720);
    const people = Math.max(2, this.parts.state().members.length);
    const encoding =
      source === "camera" ? cameraEncoding(people, captured) : screenEncoding(people, captured);
    void this.parts.negotiation().setEncoding(source, encoding);
  }
}
