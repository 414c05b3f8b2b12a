/**
 * The one RTCPeerConnection: the browser always offers, one exchange at a time, and it finds a way back
 * when the network changed or the server lost it. Nothing else touches the RTCPeerConnection.
 *
 * The first offer's m-lines: microphone, camera and screen (sendonly), then the receiving slots. What is
 * sent changes by replaceTrack alone; only more slots, an ICE restart or a new server need another exchange.
 */

import { createPeer, firstOffer, type Peer } from "./peer";
import type { Offer, Source } from "./protocol";
import { SerialQueue } from "./queue";
import type { Encoding } from "./sending";
import { type Look, look, number, ofType } from "./stats";
import type { Timers } from "./timers";

export type MediaState = "connecting" | "connected" | "interrupted" | "failed";

export interface NegotiationListener {
  /** A receiving m-line has its track. */
  track(mid: string, track: MediaStreamTrack): void;
  state(state: MediaState): void;
  /** Sends an offer to the server; false when there is no connection. */
  offer(offer: Offer): boolean;
}

export interface NegotiationOptions {
  listener: NegotiationListener;
  videoSlots: number;
  timers: Timers;
  create?: () => RTCPeerConnection;
}

/** No answer to an offer within this means that it was lost. */
const ANSWER_WITHIN = 8_000;
/**
 * Browsers say `disconnected` after some seconds without any packet (Chromium 2.5). It is brief where a single
 * check was lost or Safari renegotiates: wait this long. A restart that was not needed costs one exchange.
 */
const DISCONNECTED_FOR = 1_000;
/** How long a new or restarted connection may take before the next way is tried. */
const CONNECT_WITHIN = 8_000;

interface Exchange {
  id: number;
  answered: (sdp: string | null) => void;
}

export class Negotiation {
  private peer: Peer | null = null;
  private readonly queue = new SerialQueue();
  private readonly shaping = new SerialQueue();
  private readonly tracks = new Map<Source, MediaStreamTrack>();
  private readonly encodings = new Map<Source, Encoding>();
  private exchange: Exchange | null = null;
  private lastId = 0;
  private videoSlots: number;
  private reachable = false;
  /** The network changed while nobody could be told. */
  private moved = false;
  private closed = false;
  private cancelWatch: (() => void) | null = null;
  private repairs = 0;
  private everConnected = false;

  constructor(private readonly options: NegotiationOptions) {
    this.videoSlots = options.videoSlots;
  }

  get connection(): RTCPeerConnection | null {
    return this.peer?.connection ?? null;
  }

  /** The offer that travels in `join`; null when there is a connection that may still stand. */
  offerForJoin(): Promise<string | null> {
    return this.queue.run(async () => {
      if (this.closed) return null;
      if (this.peer?.answered && alive(this.peer.connection)) return null;
      if (this.peer?.connection.signalingState === "have-local-offer" && !this.peer.answered) {
        return this.peer.connection.localDescription?.sdp ?? null;
      }
      return this.fresh();
    });
  }

  /** The reply to `join`: its answer, or whether the server still has the connection of before. */
  joined(answer: string | null, kept: boolean, videoSlots: number): Promise<void> {
    this.reachable = true;
    this.videoSlots = Math.max(this.videoSlots, videoSlots);
    return this.step(async () => {
      if (answer !== null) await this.accept(answer);
      else if (!kept) await this.startOver();
      else {
        // What the slots carry may have changed unheard: the reply to an offer tells it anew.
        if (this.peer !== null) this.peer.stale = true;
        // The way that was lost is not coming back where the network is another one.
        if (this.peer !== null && (this.moved || !connected(this.peer.connection))) {
          this.peer.connection.restartIce();
        }
        this.moved = false;
        await this.catchUp();
      }
    });
  }

  /** The socket is gone: nobody will answer the offer under way. */
  lost(): void {
    this.reachable = false;
    this.exchange?.answered(null);
  }

  /** The reply to an offer. */
  answer(id: number, sdp: string): void {
    if (this.exchange?.id === id) this.exchange.answered(sdp);
  }

  /** The server refused the offer under way: begin again with a new connection. */
  refused(): void {
    this.exchange?.answered(null);
    void this.step(() => this.startOver());
  }

  /** The server has more to show than there are m-lines. */
  slotsWanted(video: number): Promise<void> {
    this.videoSlots = Math.max(this.videoSlots, video);
    return this.step(() => this.catchUp());
  }

  /** The network changed: find the way anew. */
  restart(): Promise<void> {
    return this.step(async () => {
      this.moved = !this.reachable;
      if (this.peer?.answered !== true || !this.reachable || this.closed) return;
      this.peer.connection.restartIce();
      await this.renegotiate();
      this.expectConnected();
    });
  }

  /** The person asks to try again: from the beginning. */
  again(): Promise<void> {
    this.repairs = 0;
    return this.step(() => this.startOver());
  }

  /** Sends this track from now on, or nothing. No renegotiation. */
  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (track === null) this.tracks.delete(source);
    else this.tracks.set(source, track);
    const { peer } = this;
    if (peer === null || peer.connection.signalingState === "closed") return;
    await peer.senders[source].replaceTrack(track);
  }

  /** How much of a source to send. */
  setEncoding(source: Source, encoding: Encoding): Promise<void> {
    this.encodings.set(source, encoding);
    return this.shape(source);
  }

  /** Round trip of the media path in ms; null while there is none. */
  async roundTrip(): Promise<number | null> {
    const connection = this.peer?.connection;
    if (connection === undefined) return null;
    let best: number | null = null;
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== "candidate-pair" || !report.nominated || report.state !== "succeeded") continue;
      const seconds: unknown = report.currentRoundTripTime;
      if (typeof seconds === "number") best = Math.min(best ?? Number.POSITIVE_INFINITY, seconds * 1000);
    }
    return best;
  }

  /** What the browser believes that it can send, bits a second; null where it does not say. */
  async available(): Promise<number | null> {
    const now = await this.look();
    const pairs = now === null ? [] : ofType(now, "candidate-pair").filter((pair) => pair.nominated === true);
    const found = pairs.flatMap((pair) => number(pair, "availableOutgoingBitrate") ?? []);
    return found.length > 0 ? Math.max(...found) : null;
  }

  /** A look at the connection's statistics; null while there is none. */
  async look(): Promise<Look | null> {
    const connection = this.peer?.connection;
    return connection === undefined ? null : look(connection);
  }

  /** Ends for good. */
  close(): void {
    this.closed = true;
    this.lost();
    this.stopWatching();
    this.peer?.connection.close();
    this.peer = null;
  }

  // ---------------------------------------------------------------- steps, always inside the queue

  /** Runs a step after all earlier ones. One that fails (an answer that can't be used) is repaired later. */
  private async step(act: () => Promise<void>): Promise<void> {
    try {
      await this.queue.run(act);
    } catch {
      if (this.peer === null) this.options.listener.state("failed");
      else if (!this.closed) this.expectConnected();
    }
  }

  /** A new connection with its first offer; the old one is closed. Returns the offer's SDP. */
  private async fresh(): Promise<string> {
    this.peer?.connection.close();
    const peer = createPeer(this.options.create, this.videoSlots, (mid, track) => {
      if (this.peer === peer) this.options.listener.track(mid, track);
    });
    this.peer = peer;
    peer.connection.addEventListener("iceconnectionstatechange", () => this.changed(peer));
    peer.connection.addEventListener("connectionstatechange", () => this.changed(peer));
    for (const [source, track] of this.tracks) await peer.senders[source].replaceTrack(track);
    for (const source of this.encodings.keys()) await this.shape(source);
    return firstOffer(peer);
  }

  /** Applies the latest encoding of a source; one at a time, as a sender takes only its last-read parameters back. */
  private shape(source: Source): Promise<void> {
    return this.shaping.run(async () => {
      const encoding = this.encodings.get(source);
      if (this.peer !== null && encoding !== undefined) await applyEncoding(this.peer, source, encoding);
    });
  }

  private async accept(sdp: string): Promise<void> {
    const peer = this.peer;
    if (peer === null || peer.connection.signalingState !== "have-local-offer") return;
    await peer.connection.setRemoteDescription({ type: "answer", sdp });
    peer.answered = true;
    peer.watchTransport(() => this.changed(peer));
    this.changed(peer);
    if (!connected(peer.connection)) this.expectConnected();
    await this.catchUp();
  }

  private async startOver(): Promise<void> {
    if (this.closed || !this.reachable) return;
    this.options.listener.state("connecting");
    const sdp = await this.fresh();
    const answer = await this.ask(sdp, true);
    if (answer !== null) await this.accept(answer);
    else this.expectConnected();
  }

  /** Brings the connection up to what was asked for while no exchange was possible. */
  private async catchUp(): Promise<void> {
    const peer = this.peer;
    if (peer === null || !this.reachable || this.closed || !peer.answered) return;
    if (peer.connection.signalingState === "have-local-offer") {
      await peer.connection.setLocalDescription({ type: "rollback" });
      peer.stale = true;
    }
    const missing = this.videoSlots - peer.videoSlots;
    if (missing > 0) peer.addVideoSlots(missing);
    if (missing > 0 || peer.stale) await this.renegotiate();
    if (!connected(peer.connection)) this.expectConnected();
  }

  private async renegotiate(): Promise<void> {
    const peer = this.peer;
    if (peer === null || !this.reachable) return;
    if (peer.connection.signalingState !== "stable") return;
    await peer.connection.setLocalDescription(await peer.connection.createOffer());
    const answer = await this.ask(peer.connection.localDescription?.sdp ?? "", false);
    if (answer === null) {
      peer.stale = true;
      return;
    }
    await peer.connection.setRemoteDescription({ type: "answer", sdp: answer });
    peer.stale = false;
  }

  /** Sends an offer and waits for its answer; null when none will come. */
  private ask(sdp: string, fresh: boolean): Promise<string | null> {
    const id = ++this.lastId;
    return new Promise((resolve) => {
      const settle = (answer: string | null) => {
        if (this.exchange?.id !== id) return;
        cancel();
        this.exchange = null;
        resolve(answer);
      };
      const cancel = this.options.timers.after(ANSWER_WITHIN, () => settle(null));
      this.exchange = { id, answered: settle };
      if (!this.options.listener.offer({ type: "offer", id, sdp, fresh })) settle(null);
    });
  }

  // ---------------------------------------------------------------- watching

  private changed(peer: Peer): void {
    if (this.peer !== peer || this.closed) return;
    const { iceConnectionState } = peer.connection;
    if (connected(peer.connection) && !peer.transportClosed()) {
      this.stopWatching();
      this.repairs = 0;
      this.everConnected = true;
      this.options.listener.state("connected");
    } else if (peer.connection.connectionState === "failed" || peer.transportClosed()) {
      this.options.listener.state("interrupted");
      this.watch(0);
    } else if (iceConnectionState === "disconnected") {
      this.options.listener.state("interrupted");
      this.watch(DISCONNECTED_FOR);
    }
  }

  private expectConnected(): void {
    this.watch(CONNECT_WITHIN);
  }

  private watch(ms: number): void {
    this.cancelWatch?.();
    this.cancelWatch = this.options.timers.after(ms, () => {
      this.cancelWatch = null;
      void this.repair();
    });
  }

  private stopWatching(): void {
    this.cancelWatch?.();
    this.cancelWatch = null;
  }

  /** Not connected when it should be: an ICE restart first, then a new connection, and so on in turn. */
  private async repair(): Promise<void> {
    const peer = this.peer;
    if (peer === null || this.closed || !this.reachable) return;
    if (connected(peer.connection) && !peer.transportClosed()) return;
    this.repairs += 1;
    // One that was connected before gets a chance to heal before anyone is told.
    if (this.repairs > 1 || !this.everConnected) this.options.listener.state("failed");
    const restart = peer.answered && !peer.transportClosed() && this.repairs % 2 === 1;
    if (restart) await this.restart();
    else await this.step(() => this.startOver());
  }
}

const connected = (connection: RTCPeerConnection): boolean => connection.connectionState === "connected";

const alive = (connection: RTCPeerConnection): boolean =>
  connection.connectionState !== "failed" && connection.connectionState !== "closed";

async function applyEncoding(peer: Peer, source: Source, encoding: Encoding): Promise<void> {
  if (peer.connection.signalingState === "closed") return;
  const sender = peer.senders[source];
  const parameters = sender.getParameters();
  // Firefox has no encodings until the first answer: they are applied again with the next change.
  if (parameters.encodings.length === 0) return;
  for (const each of parameters.encodings) Object.assign(each, encoding);
  await sender.setParameters(parameters);
}
