/** How a new RTCPeerConnection is laid out: its m-lines in the order that the relay expects. */

import { base, canChoose, nameOf } from "./codecs";
import { offered } from "./offered";
import type { IceServer, LayerName, Source } from "./protocol";
import { rids, screenRids } from "./sending";

/** Three fixed audio slots are fed by the loudest speakers. */
export const AUDIO_SLOTS = 3;

export type Senders = Readonly<Record<Source, RTCRtpSender>>;

export interface Peer {
  readonly connection: RTCPeerConnection;
  readonly senders: Senders;
  /** Its pictures can be asked to be sent in another codec. */
  readonly choosesCodecs: boolean;
  /** Receiving video m-lines so far. */
  videoSlots: number;
  /** The first answer has come. */
  answered: boolean;
  /** The last answer as the server gave it. */
  answer: string | null;
  /** Receiving video m-lines that it has. */
  answeredSlots: number;
  /** An exchange was lost on its way: another is due. */
  stale: boolean;
  /** Its next exchange restarts ICE. */
  restarting: boolean;
  addVideoSlots(count: number): void;
  /** Calls back when the DTLS transport changes: a server that closes it says so there and only there. */
  watchTransport(call: () => void): void;
  transportClosed(): boolean;
}

/** What the relay forwards beside pictures' own codecs. */
const understood: ReadonlySet<string> = new Set(["audio/opus", "audio/red", "video/rtx"]);

const isUnderstood = (codec: RTCRtpCodec): boolean =>
  understood.has(codec.mimeType.toLowerCase()) || nameOf(codec) !== null;

/**
 * Offers only what the relay takes: with everything a browser knows, ten video sections of Chromium are
 * longer than the 64 Ki characters that a message may carry an SDP of.
 */
function offerOnlyUnderstood(transceiver: RTCRtpTransceiver, kind: "audio" | "video"): void {
  if (typeof transceiver.setCodecPreferences !== "function") return;
  const sending = transceiver.direction === "sendonly";
  const capabilities = (sending ? RTCRtpSender : RTCRtpReceiver).getCapabilities(kind);
  const codecs = capabilities?.codecs.filter(isUnderstood) ?? [];
  if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
}

const browserPeer = (configuration: RTCConfiguration): RTCPeerConnection =>
  new RTCPeerConnection(configuration);

export const configured = (iceServers: readonly IceServer[]): RTCConfiguration => ({
  bundlePolicy: "max-bundle",
  rtcpMuxPolicy: "require",
  iceServers: iceServers.map(({ urls, username, credential }) => ({
    urls: [...urls],
    username,
    credential,
  })),
});

export function createPeer(
  create: ((configuration: RTCConfiguration) => RTCPeerConnection) | undefined,
  iceServers: readonly IceServer[],
  videoSlots: number,
  onTrack: (mid: string, track: MediaStreamTrack) => void,
): Peer {
  const connection = (create ?? browserPeer)(configured(iceServers));
  connection.addEventListener("track", (event) => {
    if (event.transceiver.mid !== null) onTrack(event.transceiver.mid, event.track);
  });
  const add = (
    kind: "audio" | "video",
    direction: RTCRtpTransceiverDirection,
    sendEncodings: RTCRtpEncodingParameters[] = [],
  ): RTCRtpTransceiver => {
    const transceiver = connection.addTransceiver(kind, { direction, sendEncodings });
    offerOnlyUnderstood(transceiver, kind);
    return transceiver;
  };
  // A browser that remembers the codec can be asked for another one in mid-call.
  const codec = base();
  const layers = (names: readonly LayerName[]): RTCRtpEncodingParameters[] =>
    names.map((rid, index) => ({
      rid,
      scaleResolutionDownBy: 2 ** (names.length - 1 - index),
      // Of a picture in temporal layers, which is Chromium's own choice, a receiver skips what is repaired late.
      scalabilityMode: "L1T1",
      ...(codec === undefined ? {} : { codec }),
    }));
  const senders = {
    microphone: add("audio", "sendonly").sender,
    camera: add("video", "sendonly", layers(rids)).sender,
    screen: add("video", "sendonly", layers(screenRids)).sender,
  };
  for (let slot = 0; slot < AUDIO_SLOTS; slot++) add("audio", "recvonly");
  const peer: Peer = {
    connection,
    senders,
    // After the first answer Chromium forgets it: what was agreed on has other parameters.
    choosesCodecs: canChoose(senders.camera),
    videoSlots: 0,
    answered: false,
    answer: null,
    answeredSlots: 0,
    stale: false,
    restarting: false,
    addVideoSlots(count) {
      for (let slot = 0; slot < count; slot++) add("video", "recvonly");
      peer.videoSlots += count;
    },
    watchTransport: (call) => senders.microphone.transport?.addEventListener("statechange", call),
    transportClosed: () => {
      const state = senders.microphone.transport?.state;
      return state === "closed" || state === "failed";
    },
  };
  peer.addVideoSlots(videoSlots);
  return peer;
}

export async function firstOffer(peer: Peer): Promise<string> {
  await peer.connection.setLocalDescription(await peer.connection.createOffer());
  return described(peer.connection);
}

/** The present offer, as the server is to have it. */
export function described(connection: RTCPeerConnection): string {
  return offered(connection.localDescription?.sdp ?? "", navigator.userAgent);
}
