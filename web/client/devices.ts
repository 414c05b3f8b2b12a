/** Cameras, microphones, speakers and screens: opened with one clear name for each way it can fail. */

import type { Source } from "./protocol";

/**
 * `denied`: the person or the browser's settings said no; `denied-system`: the computer's settings did;
 * `none`: no such device; `busy`: another program has it; `insecure`: the page isn't https;
 * `constraint`: the chosen device can't do what was asked; `unsupported`: this browser can't at all;
 * `stopped`: it was on and then gone.
 */
export type DeviceProblem =
  | "denied"
  | "denied-system"
  | "none"
  | "busy"
  | "insecure"
  | "constraint"
  | "unsupported"
  | "stopped"
  | "failed";

export type Opened = { readonly track: MediaStreamTrack } | { readonly problem: DeviceProblem };

export interface OpenedBoth {
  readonly microphone: Opened | null;
  readonly camera: Opened | null;
}

/** What is used of `navigator.mediaDevices`; undefined where the page is not secure. */
export type MediaDevicesLike = Pick<
  MediaDevices,
  "getUserMedia" | "getDisplayMedia" | "enumerateDevices" | "addEventListener" | "removeEventListener"
>;

export interface DeviceHost {
  readonly secure: boolean;
  readonly devices: MediaDevicesLike | undefined;
}

export const browserHost = (): DeviceHost => ({
  secure: window.isSecureContext,
  devices: navigator.mediaDevices as MediaDevices | undefined,
});

/** The name of a failure of getUserMedia or getDisplayMedia. */
export function problemOf(error: unknown): DeviceProblem {
  const { name, message } = error as { name?: string; message?: string };
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      return /system/i.test(message ?? "") ? "denied-system" : "denied";
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "DevicesNotFoundError":
      return "none";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "busy";
    case "OverconstrainedError":
    case "ConstraintNotSatisfiedError":
      return "constraint";
    case "NotSupportedError":
    case "TypeError":
      return "unsupported";
    default:
      return "failed";
  }
}

export const cameraConstraints = (deviceId: string | null): MediaTrackConstraints => ({
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30, max: 30 },
  ...(deviceId === null ? { facingMode: { ideal: "user" } } : { deviceId: { ideal: deviceId } }),
});

export const microphoneConstraints = (deviceId: string | null): MediaTrackConstraints => ({
  echoCancellation: { ideal: true },
  noiseSuppression: { ideal: true },
  autoGainControl: { ideal: true },
  channelCount: { ideal: 1 },
  ...(deviceId === null ? {} : { deviceId: { ideal: deviceId } }),
});

export interface Wish {
  /** The device to prefer; null for the browser's choice. */
  readonly deviceId: string | null;
}

/**
 * Opens what is wished for. Both are asked for at once, so that the browser asks the person only once; when
 * that fails, each by itself, so that a missing camera doesn't cost the microphone.
 */
export async function openDevices(
  host: DeviceHost,
  microphone: Wish | null,
  camera: Wish | null,
): Promise<OpenedBoth> {
  if (microphone === null || camera === null) {
    return {
      microphone: microphone && (await openOne(host, "microphone", microphone)),
      camera: camera && (await openOne(host, "camera", camera)),
    };
  }
  if (host.devices === undefined) {
    const problem = missing(host);
    return { microphone: { problem }, camera: { problem } };
  }
  try {
    const stream = await host.devices.getUserMedia({
      audio: microphoneConstraints(microphone.deviceId),
      video: cameraConstraints(camera.deviceId),
    });
    const [audio] = stream.getAudioTracks();
    const [video] = stream.getVideoTracks();
    return {
      microphone: audio === undefined ? { problem: "none" } : { track: audio },
      camera: video === undefined ? { problem: "none" } : { track: video },
    };
  } catch (error) {
    const problem = problemOf(error);
    // Asking again one by one after a plain "no" would only pester.
    if (problem === "denied") return { microphone: { problem }, camera: { problem } };
    return {
      microphone: await openOne(host, "microphone", microphone),
      camera: await openOne(host, "camera", camera),
    };
  }
}

async function openOne(host: DeviceHost, source: "microphone" | "camera", wish: Wish): Promise<Opened> {
  if (host.devices === undefined) return { problem: missing(host) };
  try {
    const stream = await host.devices.getUserMedia(
      source === "microphone"
        ? { audio: microphoneConstraints(wish.deviceId) }
        : { video: cameraConstraints(wish.deviceId) },
    );
    const [track] = stream.getTracks();
    return track === undefined ? { problem: "none" } : { track };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** Opens the browser's own choice of what to share. A person who changes their mind is no problem: `track` null. */
export async function openScreen(host: DeviceHost): Promise<Opened | { readonly track: null }> {
  if (host.devices === undefined) return { problem: missing(host) };
  if (typeof host.devices.getDisplayMedia !== "function") return { problem: "unsupported" };
  try {
    const stream = await host.devices.getDisplayMedia({
      video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 15, max: 15 } },
      audio: false,
    });
    const [track] = stream.getVideoTracks();
    return track === undefined ? { problem: "failed" } : { track };
  } catch (error) {
    const problem = problemOf(error);
    return problem === "denied" ? { track: null } : { problem };
  }
}

export function canShareScreen(host: DeviceHost): boolean {
  return typeof host.devices?.getDisplayMedia === "function";
}

const missing = (host: DeviceHost): DeviceProblem => (host.secure ? "unsupported" : "insecure");

export interface Choice {
  readonly id: string;
  /** Empty while the browser keeps names to itself (before permission). */
  readonly label: string;
}

export interface Choices {
  readonly microphone: readonly Choice[];
  readonly camera: readonly Choice[];
  readonly speaker: readonly Choice[];
}

const kinds = { audioinput: "microphone", videoinput: "camera", audiooutput: "speaker" } as const;

/** The devices there are, by kind; those without an id (before permission) are left out. */
export async function listDevices(host: DeviceHost): Promise<Choices> {
  const found: Record<keyof Choices, Choice[]> = { microphone: [], camera: [], speaker: [] };
  for (const device of (await host.devices?.enumerateDevices()) ?? []) {
    if (device.deviceId !== "") found[kinds[device.kind]].push({ id: device.deviceId, label: device.label });
  }
  return found;
}

/** Speakers can be chosen (not in Safari before 18.4, not on iPhones). */
export const canChooseSpeaker = (): boolean => "setSinkId" in HTMLMediaElement.prototype;

/** What letters and movement need of the encoder. */
export const hints: Readonly<Record<Source, string>> = {
  microphone: "speech",
  camera: "motion",
  screen: "detail",
};
