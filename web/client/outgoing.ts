/** What goes out of one's own: tracks on the connection, how much of them, and what the server is told of it. */

import type { Negotiation } from "./negotiation";
import type {
  Encoding as Asked,
  Capture,
  ClientMessage,
  Encodings,
  Enter,
  Media,
  Member,
  PictureSource,
  Source,
  SpeechEncoding,
  VideoCodec,
} from "./protocol";
import {
  cameraEncodings,
  layersOf,
  leastSpeech,
  paused,
  plainSpeech,
  screenEncodings,
  screenRids,
  speechEncoding,
} from "./sending";
import type { State } from "./state";
import { bearableAt, reliefAt } from "./strain";

const all = ["microphone", "camera", "screen"] as const;

export interface OutgoingParts {
  state: () => State;
  track: (source: Source) => MediaStreamTrack | null;
  negotiation: () => Pick<Negotiation, "setTrack" | "setEncodings" | "codecs" | "pack">;
  /** False when there is no connection. */
  send: (message: ClientMessage) => boolean;
}

export class Outgoing {
  /** What the server believes that this member sends. */
  private told: Readonly<Record<Source, boolean>> = { microphone: false, camera: false, screen: false };

  /** What the server was told of what is captured, and what it asks for. */
  private readonly captured = new Map<PictureSource, string>();
  private readonly asked = new Map<PictureSource, readonly Asked[]>();

  private quiet = false;
  private choked = false;
  private strain = 0;
  private speech: SpeechEncoding = plainSpeech;
  /** What the device bears, best first; empty where the browser can't be asked for a codec. */
  private codecs: readonly VideoCodec[] = [];

  constructor(private readonly parts: OutgoingParts) {}

  /** Sends a source as it is now: its track, or nothing. */
  attach(source: Source): void {
    const track = this.quiet ? null : this.parts.track(source);
    void this.parts.negotiation().setTrack(source, track);
    if (track !== null) this.shape(source, track);
  }

  /** Words alone are left of the call, or it is more again: nothing goes out meanwhile, whatever is on. */
  hush(quiet: boolean): void {
    if (quiet === this.quiet) return;
    this.quiet = quiet;
    for (const source of all) this.attach(source);
  }

  /** The way up is too narrow for any picture, whatever the server asks for; or it is no more. */
  choke(choked: boolean): void {
    this.choked = choked;
    this.speak();
    this.shapeAll();
  }

  /** The device has too much to do: one's own picture is sent in fewer sizes and lines. */
  relieve(step: number): void {
    this.strain = step;
    this.shapeAll();
  }

  /** What is on goes out again. */
  attachAll(): void {
    for (const source of all) this.attach(source);
  }

  /** Nothing goes out. */
  detachAll(): void {
    this.asked.clear();
    for (const source of all) void this.parts.negotiation().setTrack(source, null);
  }

  /** What the server wants of each picture from now on. */
  encode({ camera, screen, microphone }: Encodings): void {
    if (microphone !== undefined) {
      this.speech = microphone;
      this.speak();
    }
    if (camera !== undefined) this.asked.set("camera", camera);
    if (screen !== undefined) this.asked.set("screen", screen);
    this.shapeAll();
  }

  /** A media connection is new, for the server as well: it has to be told what is captured. */
  connected(): void {
    this.captured.clear();
    this.shapeAll();
    void this.describe();
  }

  /** Finds out what the device bears, and tells it when it is news. */
  private async describe(): Promise<void> {
    this.codecs = await this.parts.negotiation().codecs();
    this.shapeAll();
  }

  /** Before the room: sends this instead of the camera, as large as it is; null ends it. */
  attempt(track: MediaStreamTrack | null): void {
    const negotiation = this.parts.negotiation();
    void negotiation.setTrack("camera", track);
    if (track === null) return;
    const lines = captured(track);
    void negotiation.setEncodings("camera", cameraEncodings(lines, layersOf(lines), null));
  }

  /** Into the room: what is to be sent is attached while the message is on its way. */
  enter(): void {
    this.captured.clear();
    for (const source of all) this.attach(source);
    void this.describe();
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
    this.connected();
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

  private speak(): void {
    const speech = this.choked ? leastSpeech : this.speech;
    const negotiation = this.parts.negotiation();
    void negotiation.setEncodings("microphone", { q: speechEncoding(speech) });
    void negotiation.pack({ ptime: speech.ptime, redundant: speech.redundant === true });
  }

  private shapeAll(): void {
    for (const source of all) {
      const track = this.parts.track(source);
      if (track !== null) this.shape(source, track);
    }
  }

  private shape(source: Source, track: MediaStreamTrack): void {
    if (source === "microphone") return;
    const whole = captured(track);
    const relief = reliefAt(this.strain);
    const asked = this.asked.get(source) ?? null;
    const camera = source === "camera";
    const layers = camera
      ? Math.min(layersOf(whole), relief.layers)
      : this.strain > 0
        ? 1
        : screenRids.length;
    const lines = camera ? Math.min(whole, relief.lines) : whole;
    const encodings = camera
      ? cameraEncodings(whole, layers, asked, lines)
      : screenEncodings(whole, layers, asked);
    void this.parts.negotiation().setEncodings(source, this.choked ? paused(encodings) : encodings);
    const codecs = bearableAt(this.codecs, this.strain);
    this.tellCapture({ type: "capture", source, lines, layers, codecs });
  }

  private tellCapture(capture: Capture): void {
    if (!this.parts.state().joined) return;
    const now = JSON.stringify(capture);
    if (this.captured.get(capture.source) === now) return;
    if (this.parts.send(capture)) this.captured.set(capture.source, now);
  }
}

/** The short side of what a track gives, in pixels. */
function captured(track: MediaStreamTrack): number {
  const { width, height } = track.getSettings();
  return Math.round(Math.min(width ?? 1280, height ?? 720));
}
