/** Words for the ladder and for data: which rung this is, how much an hour of it takes, what was typed. */

import { t } from "./i18n";
import type { LadderNow, Rung, Usage } from "./protocol";

export const rungs: readonly Rung[] = ["720p", "360p", "180p", "stills", "speech", "speech-low", "text"];

export const MEGABYTE = 1_000_000;
const MOST = 100_000;

/** Bytes as people write them: 44 MB, 1,6 Go. */
export function size(bytes: number, language: string): string {
  const large = bytes >= 1000 * MEGABYTE;
  const digits = bytes < 10 * MEGABYTE || large ? 1 : 0;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: large ? "gigabyte" : "megabyte",
    maximumFractionDigits: digits,
  }).format(bytes / (large ? 1000 * MEGABYTE : MEGABYTE));
}

/** Where the call is on the ladder and why, in one sentence. */
export function ladderSentence({ rung, reason }: LadderNow): string {
  const now = t(`rung.now.${rung}`);
  return reason === null ? now : `${now} ${t(`data.why-${reason}`)}`;
}

/** What a change of rung is told as; null where the person has just chosen it themselves. */
export function moved(before: LadderNow | null, now: LadderNow): string | null {
  if (before === null || before.rung === now.rung || now.reason === "choice") return null;
  if (before.pinned !== now.pinned) return null;
  return `rung.now.${now.rung}`;
}

/** A typed budget: megabytes, null for none, or that it makes no sense. */
export function typedBudget(text: string): number | null | "wrong" {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const value = Number(trimmed);
  return /^\d+$/.test(trimmed) && value >= 1 && value <= MOST ? value : "wrong";
}

/** The share of a budget that is used, 0 to 1; null without a budget. */
export function usedShare({ sent, received, budget }: Usage): number | null {
  return budget === null ? null : Math.min(1, (sent + received) / budget);
}
