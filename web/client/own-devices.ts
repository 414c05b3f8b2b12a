/** What a person does with their own devices: carried out, and remembered for next time. */

import type { Hearing } from "./hearing";
import type { Memory } from "./remember";
import type { Sources } from "./sources";
import { observes, type State } from "./state";

export interface OwnDevicesParts {
  memory: Memory;
  sources: Sources;
  hearing: Hearing;
  state: () => State;
}

export class OwnDevices {
  constructor(private readonly parts: OwnDevicesParts) {}

  setMicrophone(on: boolean): void {
    this.parts.memory.choose({ microphone: on });
    void this.parts.sources.setMicrophone(on);
  }

  setCamera(on: boolean): void {
    this.parts.memory.choose({ camera: on });
    void this.parts.sources.setCamera(on);
  }

  setScreen(on: boolean): void {
    void this.parts.sources.setScreen(on);
  }

  async choose(kind: "microphone" | "camera" | "speaker", id: string): Promise<void> {
    const { memory, sources, hearing } = this.parts;
    if (kind === "speaker") {
      sources.devices.speaker = id;
      await hearing.choose(id);
    } else await sources.choose(kind, id);
    memory.choose({ devices: sources.devices });
  }

  /** Whoever observes sends nothing, and is not asked for devices. */
  open(wanted: Parameters<Sources["open"]>[0]): void {
    if (!observes(this.parts.state())) void this.parts.sources.open(wanted);
  }

  /** Asks for camera and microphone again. */
  again(): void {
    const { mine } = this.parts.state();
    this.open({ microphone: mine.microphone === "off", camera: mine.camera === "off" });
  }
}
