// Asks again and again, politely: often while the page is looked at, rarely while it isn't, and rarer and rarer
// while nobody answers.

/** Milliseconds until the next question while the page is looked at: an answer comes when there is news. */
export const SOON_MS = 500;

/** The same after a question that got no answer. */
export const OFTEN_MS = 4000;

/** The same while it is in the background. */
export const RARELY_MS = 60_000;

/** When to ask again: `failures` is how many questions in a row got no answer. */
export function pause(visible: boolean, failures: number): number {
  if (visible && failures === 0) return SOON_MS;
  const usual = visible ? OFTEN_MS : RARELY_MS;
  return Math.min(usual * 2 ** Math.min(failures, 6), RARELY_MS);
}
