/** Captions as this page shows them, and whether they are kept. Pure. */

import type { CaptionLine } from "./protocol";
import { observes, type State } from "./state";

/** How this person wants captions; remembered. */
export interface CaptionChoices {
  readonly shown: boolean;
  /** What is finally understood is read out by a screen reader. */
  readonly aloud: boolean;
  /** What this person speaks, as a language tag; null for what the browser is set to. */
  readonly language: string | null;
}

export const captionDefaults: CaptionChoices = { shown: true, aloud: false, language: null };

/** A line stays for so long (ms) after its last word. */
export const STAYS = 6_000;
/** So many people's words stand one above the other. */
const MOST = 3;
/** Two lines hold about so many letters: of more, the last are shown. */
const LETTERS = 120;

/** What somebody says now. */
export interface Heard {
  readonly member: string;
  readonly line: number;
  /** What they said just before, finally. */
  readonly before: string;
  readonly text: string;
  readonly final: boolean;
  readonly language: string;
  readonly at: number;
}

/** After a line that came at `now` (ms): each person once, who spoke last comes last. */
export function heard(lines: readonly Heard[], line: CaptionLine, now: number): readonly Heard[] {
  const old = lines.find((each) => each.member === line.member);
  if (old !== undefined && (line.line < old.line || (line.line === old.line && old.final))) return lines;
  const goes = old !== undefined && old.line !== line.line;
  const before =
    old === undefined ? "" : goes ? `${old.before} ${old.text}`.trim().slice(-LETTERS) : old.before;
  const { member, text, final, language } = line;
  const next: Heard = { member, line: line.line, before, text, final, language, at: now };
  // Whoever speaks on stays in place: words that jump can't be read.
  const list = old === undefined ? [...lines, next] : lines.map((each) => (each === old ? next : each));
  return list.slice(-MOST);
}

/** Those whose last word is not long ago. */
export const fresh = (lines: readonly Heard[], now: number): readonly Heard[] =>
  lines.filter((each) => now - each.at < STAYS);

/** The last of somebody's words, as much as two lines hold, cut between words. */
export function lastWords({ before, text }: Heard): string {
  const all = `${before} ${text}`.trim();
  if (all.length <= LETTERS) return all;
  const end = all.slice(-LETTERS);
  return `…${end.slice(end.indexOf(" "))}`;
}

/** What of a line is heard only now, when it came finally. */
export const isNew = (lines: readonly Heard[], line: CaptionLine): boolean =>
  line.final && !lines.some((each) => each.member === line.member && each.line === line.line && each.final);

/** Nobody asks, somebody asks this person, the others are waited for, or captions are kept. */
export type KeepState = "none" | "asked" | "waits" | "kept";

export function keepState({ keeping, members, me }: State): KeepState {
  if (keeping.by === null) return "none";
  const agreed = new Set(keeping.agreed);
  if (!agreed.has(me.id)) return "asked";
  return members.every((member) => agreed.has(member.id)) ? "kept" : "waits";
}

/** Whether this person's words are to be understood now: a muted microphone is muted for that, too. */
export const understands = (state: State): boolean =>
  state.captioning && state.entered && state.joined && state.mine.microphone === "on" && !observes(state);

/** Languages to choose from; browsers know many more. */
export const languages = [
  "ar",
  "de-DE",
  "en-GB",
  "en-US",
  "es-ES",
  "es-MX",
  "fr-CA",
  "fr-FR",
  "hi-IN",
  "it-IT",
  "ja-JP",
  "ko-KR",
  "nl-NL",
  "pl-PL",
  "pt-BR",
  "pt-PT",
  "ru-RU",
  "sw-KE",
  "tr-TR",
  "uk-UA",
  "vi-VN",
  "zh-CN",
] as const;

/** The one of these that a browser set to `preferred` most likely means; `page` is the page's language. */
export function likelyLanguage(preferred: readonly string[], page: string): string {
  for (const wanted of [...preferred, page]) {
    const primary = wanted.slice(0, 2).toLowerCase();
    const found =
      languages.find((each) => each.toLowerCase() === wanted.toLowerCase()) ??
      languages.find((each) => each === `${primary}-${primary.toUpperCase()}`) ??
      languages.find((each) => each.slice(0, 2) === primary);
    if (found !== undefined) return found;
  }
  return "en-GB";
}
