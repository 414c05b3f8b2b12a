/** Has the browser understand what its person says, for as long as that is wanted. */

import type { Timers } from "./timers";

/** What is used of a SpeechRecognition. */
export interface Recogniser {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: RecognisedEvent) => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  abort(): void;
}

export interface RecognisedEvent {
  readonly resultIndex: number;
  readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }> & { readonly isFinal: boolean }>;
}

/** Why it does not go on: not allowed, no service to reach, or not this language. */
export type CaptionProblem = "denied" | "network" | "language-problem";

/** Least time (ms) between two unfinished lines. */
const OFTEN = 400;
const AGAIN = 300;
/** So many ends at once, without a word, and it is given up. */
const MOST_ENDS = 5;
const LONGEST = 500;

export interface CaptionerHost {
  timers: Timers;
  /** A new one; null where the browser has none. */
  recogniser(): Recogniser | null;
  said(line: number, text: string, final: boolean): void;
  failed(problem: CaptionProblem): void;
}

const problems: Readonly<Record<string, CaptionProblem>> = {
  "not-allowed": "denied",
  "service-not-allowed": "denied",
  "audio-capture": "denied",
  network: "network",
  "language-not-supported": "language-problem",
};

export class Captioner {
  private recogniser: Recogniser | null = null;
  private language: string | null = null;
  private line = 0;
  private told = Number.NEGATIVE_INFINITY;
  private ends = 0;

  constructor(private readonly host: CaptionerHost) {}

  /** Understands this language from now on, or, with null, nothing. The same again changes nothing. */
  want(language: string | null): void {
    if (language === this.language) return;
    this.language = language;
    this.ends = 0;
    this.stop();
    if (language !== null) this.start(language);
  }

  private start(language: string): void {
    const recogniser = this.host.recogniser();
    if (recogniser === null) return;
    this.recogniser = recogniser;
    recogniser.lang = language;
    recogniser.continuous = true;
    recogniser.interimResults = true;
    recogniser.onresult = (event) => this.understood(event);
    recogniser.onerror = ({ error }) => {
      const problem = problems[error];
      if (problem !== undefined) this.give(problem);
    };
    // Browsers end by themselves after a silence.
    recogniser.onend = () => this.again(recogniser);
    try {
      recogniser.start();
    } catch {
      this.give("denied");
    }
  }

  private stop(): void {
    const { recogniser } = this;
    this.recogniser = null;
    if (recogniser === null) return;
    recogniser.onresult = null;
    recogniser.onerror = null;
    recogniser.onend = null;
    recogniser.abort();
  }

  private again(ended: Recogniser): void {
    if (this.recogniser !== ended) return;
    this.recogniser = null;
    this.ends += 1;
    if (this.ends > MOST_ENDS) {
      this.give("network");
      return;
    }
    const { language } = this;
    this.host.timers.after(AGAIN * this.ends, () => {
      if (this.recogniser === null && language !== null && language === this.language) this.start(language);
    });
  }

  private give(problem: CaptionProblem): void {
    this.language = null;
    this.stop();
    this.host.failed(problem);
  }

  private understood({ results, resultIndex }: RecognisedEvent): void {
    this.ends = 0;
    let unfinished = "";
    for (let index = resultIndex; index < results.length; index += 1) {
      const result = results[index];
      const text = result?.[0]?.transcript.trim() ?? "";
      if (result === undefined || text === "") continue;
      if (result.isFinal) this.say(text, true);
      else unfinished = `${unfinished} ${text}`.trim();
    }
    if (unfinished !== "") this.say(unfinished, false);
  }

  private say(text: string, final: boolean): void {
    const now = this.host.timers.now();
    if (!final && now - this.told < OFTEN) return;
    this.told = final ? Number.NEGATIVE_INFINITY : now;
    this.host.said(this.line, final ? text.slice(0, LONGEST) : text.slice(-LONGEST), final);
    if (final) this.line += 1;
  }
}

/** The browser's own, by its older name too; null where it has none. */
export function browserRecogniser(): Recogniser | null {
  const found = window as unknown as Record<string, (new () => Recogniser) | undefined>;
  const Kind = found.SpeechRecognition ?? found.webkitSpeechRecognition;
  return Kind === undefined ? null : new Kind();
}

/** Whether this browser can understand speech at all. */
export const canCaption = (): boolean => "SpeechRecognition" in window || "webkitSpeechRecognition" in window;
