/** How loud a microphone is, for the meter. */

/** A level that a bar can show, 0 to 1, from time-domain samples: 0 at -60 dB and below, 1 at -6 dB and above. */
export function levelOf(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  const decibels = 10 * Math.log10(energy / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 54));
}

/** Listens to one track. The browser may hold sound back until the page is touched: `resume` then. */
export class LevelMeter {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples: Float32Array<ArrayBuffer>;
  private readonly source: MediaStreamAudioSourceNode;

  constructor(track: MediaStreamTrack) {
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.analyser);
  }

  /** False while the browser waits for a touch. */
  get running(): boolean {
    return this.context.state === "running";
  }

  resume(): void {
    void this.context.resume();
  }

  level(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    return levelOf(this.samples);
  }

  close(): void {
    this.source.disconnect();
    void this.context.close();
  }
}
