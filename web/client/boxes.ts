/** What a box of the agenda is called and asks for: by words of somebody's own, else by the catalogues. */

import { language, t } from "./i18n";
import type { Box, Timer, Words } from "./protocol";

/** Somebody's own words in this page's language, in the other one where there are none; else "". */
function own(words: Words | null | undefined): string {
  if (words === null || words === undefined) return "";
  const { en = "", fr = "" } = words;
  return language() === "fr" ? fr || en : en || fr;
}

export function boxTitle(box: Box): string {
  return own(box.title) || (box.key === "" ? "" : t(`box.${box.key}`));
}

export function boxPrompt(box: Box): string {
  return own(box.prompt) || (box.key === "" ? "" : t(`prompt.${box.key}`));
}

/** The box at hand while the timer is under way, paused or not. */
export function boxAtHand(timer: Timer | null): Box | null {
  if (timer === null || timer.status === "ready" || timer.status === "finished") return null;
  return timer.boxes[timer.index] ?? null;
}
