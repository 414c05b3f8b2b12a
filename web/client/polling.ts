// Asks again and again, politely: often while the page is looked at, rarely while it isn't, and rarer and rarer
// while nobody answers.

/** Milliseconds between two questions while the page is looked at. */
export const OFTEN_MS = 4000;

/** The same while it is in the background. */
export const RARELY_MS = 60_000;

/** When to ask again: `failures` is how many questions in a row got no answer. */
export function pause(visible: boolean, failures: number): number {
  const usual = visible ? OFTEN_MS : RARELY_MS;
  return Math.min(usual * 2 ** Math.min(failures, 6), RARELY_MS);
}
