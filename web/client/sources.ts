/** One's own camera, microphone and screen: opened, closed, changed in mid-call. Knows nothing of the network. */

import { type DeviceHost, type DeviceProblem, hints, type Opened, openDevices, openScreen } from "./devices";
import type { Source } from "./protocol";
import type { Devices } from "./remember";
import type { Mine } from "./state";

export interface SourcesListener {
  /** How a source stands now, and what went wrong if it did. */
  changed(source: Source, mine: Mine, problem: DeviceProblem | null): void;
  /** The track to send from now on. */
  track(source: Source, track: MediaStreamTrack | null): void;
}

type Device = "microphone" | "camera";

export class Sources {
  private readonly tracks: Record<Source, MediaStreamTrack | null> = {
    microphone: null,
    camera: null,
    screen: null,
  };
  /** Counts acts on a source: what opened for an older act is closed again. */
  private readonly acts: Record<Source, number> = { microphone: 0, camera: 0, screen: 0 };

  constructor(
    private readonly host: DeviceHost,
    readonly devices: Devices,
    private readonly listener: SourcesListener,
  ) {}

  track(source: Source): MediaStreamTrack | null {
    return this.tracks[source];
  }

  /** Opens what is wanted; a person is asked once for both. */
  async open(wanted: Readonly<Record<Device, boolean>>): Promise<void> {
    const sources = (["microphone", "camera"] as const).filter((source) => wanted[source]);
    const started = sources.map((source) => [source, this.begin(source)] as const);
    const wish = (source: Device) => (wanted[source] ? { deviceId: this.devices[source] } : null);
    const opened = await openDevices(this.host, wish("microphone"), wish("camera"));
    for (const [source, act] of started) this.settle(source, act, opened[source] ?? { problem: "failed" });
  }

  /** Unmutes or mutes. A muted microphone stays open, so that speaking again takes no time. */
  async setMicrophone(on: boolean): Promise<void> {
    const track = this.tracks.microphone;
    if (track !== null && track.readyState === "live") {
      this.acts.microphone += 1;
      track.enabled = on;
      this.listener.changed("microphone", on ? "on" : "off", null);
    } else if (on) await this.open({ microphone: true, camera: false });
    else this.close("microphone");
  }

  /** A camera that is off is closed: its light goes out. */
  async setCamera(on: boolean): Promise<void> {
    if (on) await this.open({ microphone: false, camera: true });
    else this.close("camera");
  }

  async setScreen(on: boolean): Promise<void> {
    if (!on) {
      this.close("screen");
      return;
    }
    const act = this.begin("screen");
    const opened = await openScreen(this.host);
    if ("track" in opened && opened.track === null) {
      if (this.acts.screen === act) this.listener.changed("screen", "off", null);
    } else this.settle("screen", act, opened as Opened);
  }

  /** Another device from now on; in a call it takes over without a gap. */
  async choose(source: Device, deviceId: string): Promise<void> {
    this.devices[source] = deviceId;
    const old = this.tracks[source];
    if (old === null) return;
    const { enabled } = old;
    const act = ++this.acts[source];
    let opened = await this.openOne(source);
    // A phone opens its second camera only once the first is closed.
    if ("problem" in opened && opened.problem === "busy" && this.acts[source] === act) {
      old.stop();
      opened = await this.openOne(source);
    }
    if ("track" in opened) opened.track.enabled = enabled;
    this.settle(source, act, opened, source === "microphone" && !enabled ? "off" : "on");
  }

  /** Closes everything. */
  stop(): void {
    for (const source of ["microphone", "camera", "screen"] as const) this.close(source);
  }

  private close(source: Source): void {
    this.acts[source] += 1;
    this.replace(source, null);
    this.listener.changed(source, "off", null);
  }

  private begin(source: Source): number {
    this.listener.changed(source, "starting", null);
    return ++this.acts[source];
  }

  private settle(source: Source, act: number, opened: Opened, mine: Mine = "on"): void {
    if (this.acts[source] !== act) {
      if ("track" in opened) opened.track.stop();
      return;
    }
    if ("problem" in opened) {
      this.replace(source, null);
      this.listener.changed(source, "off", opened.problem);
      return;
    }
    this.replace(source, opened.track);
    this.listener.changed(source, mine, null);
  }

  private replace(source: Source, track: MediaStreamTrack | null): void {
    const old = this.tracks[source];
    if (old === track) return;
    this.tracks[source] = track;
    if (old !== null) {
      old.onended = null;
      old.stop();
    }
    if (track !== null) {
      track.contentHint = hints[source];
      track.onended = () => this.ended(source, track);
    }
    this.listener.track(source, track);
  }

  /** The browser's own "stop sharing", or a device that was pulled out. */
  private ended(source: Source, track: MediaStreamTrack): void {
    if (this.tracks[source] !== track) return;
    if (source === "microphone") {
      this.replace(source, null);
      this.devices.microphone = null;
      void this.open({ microphone: true, camera: false });
      return;
    }
    this.acts[source] += 1;
    this.replace(source, null);
    this.listener.changed(source, "off", source === "camera" ? "stopped" : null);
  }

  private async openOne(source: Device): Promise<Opened> {
    const wish = { deviceId: this.devices[source] };
    const opened = await openDevices(
      this.host,
      source === "microphone" ? wish : null,
      source === "camera" ? wish : null,
    );
    return opened[source] ?? { problem: "failed" };
  }
}
