/** Where people go on after a session: to its appointment, or to what a session without one leaves behind. */

import type { Timer } from "./protocol";

export interface Onward {
  href: string;
  /** The key of the link's words. */
  words: "left.recap" | "left.after";
}

/** Null where there is no such page. The page of a session without accounts learns the reader's zone here. */
export function onward(path: string, zone: string): Onward | null {
  if (path === "") return null;
  if (!path.startsWith("/j/")) return { href: path, words: "left.after" };
  const query = zone === "" ? "" : `?${new URLSearchParams({ zone })}`;
  return { href: path + query, words: "left.recap" };
}

export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

/** Whether somebody at the door would rather look back: it is over, or was begun and left. */
export function isOver(timer: Pick<Timer, "status"> | null, here: number): boolean {
  if (timer === null) return false;
  return timer.status === "finished" || (timer.status !== "ready" && here === 0);
}
