import type { DeviceHost, MediaDevicesLike } from "../devices";

/** A track that can be pulled out. */
export class FakeTrack {
  enabled = true;
  contentHint = "";
  readyState = "live";
  onended: (() => void) | null = null;

  constructor(
    readonly kind: string,
    readonly deviceId = "default",
  ) {}

  stop(): void {
    this.readyState = "ended";
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId, width: 1280, height: 720 };
  }
}

type Asked = { audio?: MediaTrackConstraints; video?: MediaTrackConstraints };

/** Devices that open when the test lets them. */
export class FakeDevices {
  readonly opened: FakeTrack[] = [];
  readonly asked: Asked[] = [];
  /** Fails the next requests, in order; null opens. */
  failures: (string | null)[] = [];
  private gate: Promise<void> = Promise.resolve();
  private open: () => void = () => undefined;

  readonly host: DeviceHost = { secure: true, devices: this as unknown as MediaDevicesLike };

  /** From now on requests wait until `release`. */
  hold(): void {
    this.gate = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  release(): void {
    this.open();
  }

  async getUserMedia(constraints: Asked): Promise<MediaStream> {
    this.asked.push(constraints);
    await this.gate;
    const failure = this.failures.shift() ?? null;
    if (failure !== null) throw Object.assign(new Error(failure), { name: failure });
    const tracks = (["audio", "video"] as const)
      .filter((kind) => constraints[kind])
      .map((kind) => new FakeTrack(kind, idealOf(constraints[kind])));
    this.opened.push(...tracks);
    return {
      getTracks: () => tracks,
      getAudioTracks: () => tracks.filter((track) => track.kind === "audio"),
      getVideoTracks: () => tracks.filter((track) => track.kind === "video"),
    } as unknown as MediaStream;
  }

  getDisplayMedia(): Promise<MediaStream> {
    return this.getUserMedia({ video: {} });
  }

  /** The tracks that are still open. */
  get live(): FakeTrack[] {
    return this.opened.filter((track) => track.readyState === "live");
  }
}

const idealOf = (constraints: MediaTrackConstraints | undefined): string =>
  (constraints?.deviceId as { ideal?: string } | undefined)?.ideal ?? "default";
