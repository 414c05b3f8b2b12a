/** The few sounds of the room, made here rather than fetched: soft sine notes that fade in and out. */

interface Note {
  /** Hertz. */
  pitch: number;
  /** Seconds from the start. */
  at: number;
  /** Seconds. */
  lasts: number;
}

const melodies = {
  /** The speaker test: two rising notes, long enough to find the volume knob. */
  test: [
    { pitch: 523.25, at: 0, lasts: 0.6 },
    { pitch: 659.25, at: 0.5, lasts: 0.9 },
  ],
  /** One minute left: a single note. */
  "one-minute": [{ pitch: 587.33, at: 0, lasts: 0.9 }],
  /** Next in the queue: two notes; and now: three, rising. */
  soon: [
    { pitch: 523.25, at: 0, lasts: 0.6 },
    { pitch: 523.25, at: 0.45, lasts: 0.9 },
  ],
  now: [
    { pitch: 523.25, at: 0, lasts: 0.6 },
    { pitch: 659.25, at: 0.35, lasts: 0.6 },
    { pitch: 783.99, at: 0.7, lasts: 1.1 },
  ],
  /** A turn is over: a single low note. */
  "turn-up": [{ pitch: 440, at: 0, lasts: 0.7 }],
  /** Among other people now: two short rising notes. */
  moved: [
    { pitch: 440, at: 0, lasts: 0.4 },
    { pitch: 587.33, at: 0.2, lasts: 0.7 },
  ],
  /** Time is up: two falling notes. */
  "time-up": [
    { pitch: 659.25, at: 0, lasts: 0.8 },
    { pitch: 523.25, at: 0.4, lasts: 1.2 },
  ],
} satisfies Record<string, readonly Note[]>;

export type Melody = keyof typeof melodies;

const LOUDNESS = 0.12;

/** Plays a melody on a speaker ("" is the system's own); resolves when it is over. Rejects when the browser refuses. */
export async function play(melody: Melody, speaker = ""): Promise<void> {
  const context = new AudioContext();
  const output = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = output.stream;
  try {
    if (speaker !== "" && "setSinkId" in element) await element.setSinkId(speaker);
    await context.resume();
    await element.play();
    const start = context.currentTime + 0.05;
    const ends = melodies[melody].map((note) => sound(context, output, note, start));
    await Promise.all(ends);
  } finally {
    element.srcObject = null;
    void context.close();
  }
}

function sound(context: AudioContext, output: AudioNode, note: Note, start: number): Promise<void> {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const begin = start + note.at;
  oscillator.frequency.value = note.pitch;
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.04);
  gain.gain.exponentialRampToValueAtTime(0.0005, begin + note.lasts);
  oscillator.connect(gain).connect(output);
  oscillator.start(begin);
  oscillator.stop(begin + note.lasts + 0.1);
  return new Promise((resolve) => {
    oscillator.onended = () => resolve();
  });
}
