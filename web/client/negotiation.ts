/**
 * The one RTCPeerConnection: the browser always offers, one exchange at a time, and it finds a way back
 * when the network changed or the server lost it. Nothing else touches the RTCPeerConnection.
 *
 * The first offer's m-lines: microphone, camera and screen (sendonly), then the receiving slots. What is
 * sent changes by replaceTrack alone; only more slots, an ICE restart or a new server need another exchange.
 */

import { describe, speakIn } from "./codecs";
import { Exchange } from "./exchange";
import { layered } from "./layered";
import { configured, createPeer, described, firstOffer, type Peer } from "./peer";
import type { IceServer, Offer, Source, VideoCodec } from "./protocol";
import { SerialQueue } from "./queue";
import { Restarts } from "./restarts";
import { type Encoding, type Encodings, rids } from "./sending";
import { type Packing, PLAIN, packed, samePacking } from "./spoken";
import { type Look, look } from "./stats";
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
  iceServers: readonly IceServer[];
  timers: Timers;
  create?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/**
 * Browsers say `disconnected` after some seconds without any packet (Chromium 2.5). It is brief where a single
 * check was lost or Safari renegotiates: wait this long. A restart that was not needed costs one exchange.
 */
const DISCONNECTED_FOR = 1_000;
/** How long a new or restarted connection may take before the next way is tried. */
const CONNECT_WITHIN = 8_000;

export class Negotiation {
  private peer: Peer | null = null;
  private readonly queue = new SerialQueue();
  private readonly shaping = new SerialQueue();
  private readonly tracks = new Map<Source, MediaStreamTrack>();
  private readonly encodings = new Map<Source, Encodings>();
  private packing = PLAIN;
  private readonly exchange: Exchange;
  private readonly restarts = new Restarts();
  private videoSlots: number;
  private iceServers: readonly IceServer[];
  private reachable = false;
  /** The way is to be found anew, but nobody could be told. */
  private moved = false;
  private closed = false;
  private cancelWatch: (() => void) | null = null;
  private repairs = 0;
  private everConnected = false;

  constructor(private readonly options: NegotiationOptions) {
    this.videoSlots = options.videoSlots;
    this.iceServers = options.iceServers;
    this.exchange = new Exchange(options.timers, (offer) => options.listener.offer(offer));
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
        return described(this.peer.connection);
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
          this.restartIce(this.peer);
        }
        await this.catchUp();
      }
    });
  }

  /** The socket is gone: nobody will answer the offer under way. */
  lost(): void {
    this.reachable = false;
    this.exchange.lost();
  }

  /** The reply to an offer. */
  answer(id: number, sdp: string): void {
    this.exchange.answer(id, sdp);
  }

  /** The server refused the offer under way: begin again with a new connection. */
  refused(): void {
    this.exchange.lost();
    void this.step(() => this.startOver());
  }

  /** Relays with fresh credentials, for the next restart and the next connection. */
  relays(iceServers: readonly IceServer[]): void {
    this.iceServers = iceServers;
    const connection = this.peer?.connection;
    if (connection !== undefined && connection.signalingState !== "closed") {
      connection.setConfiguration(configured(iceServers));
    }
  }

  /** The server has more to show than there are m-lines. */
  slotsWanted(video: number): Promise<void> {
    this.videoSlots = Math.max(this.videoSlots, video);
    return this.step(() => this.catchUp());
  }

  /** The way is lost, or the network is another: find it anew. Once for all signs of the same break. */
  restart(): Promise<void> {
    this.moved = true;
    return this.step(async () => {
      if (!this.moved || this.peer?.answered !== true || !this.reachable || this.closed) return;
      if (!this.restarts.due(this.options.timers.now())) {
        this.moved = false;
        if (!connected(this.peer.connection)) this.expectConnected();
        return;
      }
      this.restartIce(this.peer);
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

  /** How much of each layer of a source to send. */
  setEncodings(source: Source, encodings: Encodings): Promise<void> {
    this.encodings.set(source, encodings);
    return this.shape(source);
  }

  /** How speech is packed from now on. The server need not be asked: the last answer is taken once more. */
  pack(packing: Packing): Promise<void> {
    if (samePacking(packing, this.packing)) return Promise.resolve();
    this.packing = packing;
    return this.step(async () => {
      const peer = this.peer;
      // Another answer is to come, which is taken so.
      if (peer === null || peer.answer === null || peer.restarting || !connected(peer.connection)) return;
      // There are more slots by now than it had.
      if (peer.videoSlots !== peer.answeredSlots) return;
      await takeBack(peer);
      if (peer.connection.signalingState !== "stable") return;
      await peer.connection.setLocalDescription(await peer.connection.createOffer());
      await this.take(peer, peer.answer);
    });
  }

  /** The codecs that the camera can be asked to be sent in and that the device bears, best first; none where it can't. */
  async codecs(): Promise<readonly VideoCodec[]> {
    return this.peer?.choosesCodecs ? describe() : [];
  }

  /** Has a picture played out at least so many ms after it was sent; null for as the browser likes. */
  wait(track: string, milliseconds: number | null): void {
    const receiver = this.peer?.connection.getReceivers().find((each) => each.track.id === track);
    // Not every browser knows of it.
    if (receiver !== undefined && "jitterBufferTarget" in receiver) {
      receiver.jitterBufferTarget = milliseconds;
    }
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
    this.moved = false;
    const peer = createPeer(this.options.create, this.iceServers, this.videoSlots, (mid, track) => {
      if (this.peer === peer) this.options.listener.track(mid, track);
    });
    this.peer = peer;
    peer.connection.addEventListener("iceconnectionstatechange", () => this.changed(peer));
    peer.connection.addEventListener("connectionstatechange", () => this.changed(peer));
    for (const [source, track] of this.tracks) await peer.senders[source].replaceTrack(track);
    for (const source of this.encodings.keys()) await this.shape(source);
    return firstOffer(peer);
  }

  /** Applies the latest encodings of a source; one at a time, as a sender takes only its last-read parameters back. */
  private shape(source: Source): Promise<void> {
    return this.shaping.run(async () => {
      const encodings = this.encodings.get(source);
      if (this.peer !== null && encodings !== undefined) await apply(this.peer, source, encodings);
    });
  }

  private async accept(sdp: string): Promise<void> {
    const peer = this.peer;
    if (peer === null || peer.connection.signalingState !== "have-local-offer") return;
    await this.take(peer, sdp);
    peer.answered = true;
    peer.watchTransport(() => this.changed(peer));
    this.changed(peer);
    if (!connected(peer.connection)) this.expectConnected();
    await this.catchUp();
  }

  private async take(peer: Peer, answer: string): Promise<void> {
    const sdp = layered(packed(answer, this.packing), this.encodings);
    await peer.connection.setRemoteDescription({ type: "answer", sdp });
    peer.answer = answer;
    peer.answeredSlots = peer.videoSlots;
    // Firefox has no encodings before the first answer, and in Chromium what was changed while one was taken could
    // be undone by it: a picture that was given up went on for 11 s, and half of speech was lost beside it.
    for (const source of this.encodings.keys()) void this.shape(source);
  }

  private async startOver(): Promise<void> {
    if (this.closed || !this.reachable) return;
    this.options.listener.state("connecting");
    const sdp = await this.fresh();
    const answer = await this.exchange.ask(sdp, true);
    if (answer !== null) await this.accept(answer);
    else this.expectConnected();
  }

  /** Brings the connection up to what was asked for while no exchange was possible. */
  private async catchUp(): Promise<void> {
    const peer = this.peer;
    if (peer === null || !this.reachable || this.closed || !peer.answered) return;
    await takeBack(peer);
    const missing = this.videoSlots - peer.videoSlots;
    if (missing > 0) peer.addVideoSlots(missing);
    if (missing > 0 || peer.stale) await this.renegotiate();
    if (!connected(peer.connection)) this.expectConnected();
  }

  /** The next exchange restarts ICE. */
  private restartIce(peer: Peer): void {
    peer.connection.restartIce();
    peer.restarting = true;
  }

  private async renegotiate(): Promise<void> {
    const peer = this.peer;
    if (peer === null || !this.reachable) return;
    if (peer.connection.signalingState !== "stable") return;
    await peer.connection.setLocalDescription(await peer.connection.createOffer());
    const answer = await this.exchange.ask(described(peer.connection), false);
    if (answer === null) {
      peer.stale = true;
      return;
    }
    await this.take(peer, answer);
    peer.stale = false;
    if (!peer.restarting) return;
    peer.restarting = false;
    this.moved = false;
    this.restarts.made(this.options.timers.now());
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

/** Takes an offer back that nobody has answered: another is due. */
async function takeBack(peer: Peer): Promise<void> {
  if (peer.connection.signalingState !== "have-local-offer") return;
  await peer.connection.setLocalDescription({ type: "rollback" });
  peer.stale = true;
}

async function apply(peer: Peer, source: Source, encodings: Encodings): Promise<void> {
  if (peer.connection.signalingState === "closed") return;
  const sender = peer.senders[source];
  const parameters = sender.getParameters();
  // Firefox has none until the first answer.
  if (parameters.encodings.length === 0) return;
  // One that is sent in a single layer has no name for it.
  for (const each of parameters.encodings) {
    const rid = rids.find((name) => name === each.rid) ?? rids[0];
    if (rid === undefined) continue;
    const { codec, ...rest } = (encodings[rid] ?? {}) as Partial<Encoding>;
    Object.assign(each, rest);
    if (codec !== undefined) speakIn(parameters, codec);
  }
  await sender.setParameters(parameters);
}
