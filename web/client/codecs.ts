/**
 * Which codecs this browser can be asked to send pictures in, and which its device bears. The server chooses:
 * it knows who looks. Browsers that can't change codecs in mid-call (Firefox) say nothing and send VP8.
 */

import type { VideoCodec } from "./protocol";

/** The names and the profiles that the relay forwards; any implementation of such a codec decodes these. */
const known: readonly (readonly [VideoCodec, RegExp])[] = [
  ["vp8", /^/],
  ["vp9", /^(?!.*profile-id=[^0])/],
  ["av1", /^(?!.*profile=[^0])/],
  ["h264", /^(?=.*packetization-mode=1)(?=.*profile-level-id=42e0)/i],
];

/** The name of a codec as the relay has it; null for one, or a profile of one, that it doesn't forward. */
export function nameOf({ mimeType, sdpFmtpLine }: RTCRtpCodec): VideoCodec | null {
  const name = mimeType.toLowerCase().replace("video/", "");
  return known.find(([codec, profile]) => codec === name && profile.test(sdpFmtpLine ?? ""))?.[0] ?? null;
}

export interface Device {
  /** What it encodes. */
  readonly encodes: readonly VideoCodec[];
  readonly cores: number;
  readonly mobile: boolean;
  /** It has a chip for H.264. */
  readonly h264Chip: boolean;
}

/** With fewer cores than this a device has enough to do with VP8: 4 threads are an old laptop's two cores. */
const ENOUGH_CORES = 5;

/**
 * What the device can be asked for, best first for a large picture: old and small ones stay with VP8 there, or
 * with H.264 where a chip does it. Small pictures cost little in any codec: on a narrow line the server takes
 * what needs fewest bits.
 */
export function bearable({ encodes, cores, mobile, h264Chip }: Device): VideoCodec[] {
  const strong = cores >= ENOUGH_CORES && !mobile;
  const order: VideoCodec[] = strong ? ["vp9", "av1", "vp8"] : ["vp8", "vp9", "av1"];
  if (!strong && h264Chip) order.unshift("h264");
  return order.filter((codec) => encodes.includes(codec));
}

/** VP8 as this browser has it, to begin with; undefined where there is nothing to choose by. */
export function base(): RTCRtpCodec | undefined {
  if (typeof RTCRtpSender === "undefined") return undefined;
  return RTCRtpSender.getCapabilities("video")?.codecs.find((codec) => nameOf(codec) === "vp8");
}

/** Whether this browser takes a codec for what it sends: one that doesn't forgets what it was made with. */
export function canChoose(sender: Pick<RTCRtpSender, "getParameters">): boolean {
  return sender.getParameters().encodings[0]?.codec !== undefined;
}

/** Lets each layer be sent in this codec, if it was agreed on; a single one at a time, without layers inside. */
export function speakIn(parameters: RTCRtpSendParameters, codec: VideoCodec): void {
  const found = parameters.codecs.find((each) => nameOf(each) === codec);
  if (found === undefined) return;
  const { mimeType, clockRate, sdpFmtpLine } = found;
  for (const each of parameters.encodings) {
    each.codec = sdpFmtpLine === undefined ? { mimeType, clockRate } : { mimeType, clockRate, sdpFmtpLine };
    // Without it Chromium makes of several encodings one picture with layers inside (SVC).
    Object.assign(each, { scalabilityMode: "L1T1" });
  }
}

/** What this browser's device bears. */
export async function describe(): Promise<VideoCodec[]> {
  const codecs = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
  const encodes = codecs.flatMap((codec) => nameOf(codec) ?? []);
  const { userAgentData } = navigator as { userAgentData?: { mobile: boolean } };
  const mobile = userAgentData?.mobile ?? matchMedia("(pointer: coarse)").matches;
  const h264Chip = encodes.includes("h264") && (await hasChip());
  return bearable({ encodes, cores: navigator.hardwareConcurrency, mobile, h264Chip });
}

async function hasChip(): Promise<boolean> {
  const picture = { width: 1280, height: 720, bitrate: 1_500_000, framerate: 30 };
  const video = { contentType: "video/H264", ...picture };
  try {
    const { supported, powerEfficient } = await navigator.mediaCapabilities.encodingInfo({
      type: "webrtc" as MediaEncodingType,
      video,
    });
    return supported && powerEfficient;
  } catch {
    return false;
  }
}
