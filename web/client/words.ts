/** The page's words, asked for again where they don't come: without them there is nothing to show. */

import type { Catalogue } from "./i18n";
import { retryDelay } from "./retry";
import type { Timers } from "./timers";

/**
 * An answer is waited for so long (ms), then on a connection of its own for twice as long, and so on: one whose
 * first packets were lost may stand still for long, and on a narrow line an honest one takes its time.
 */
const PATIENCE = 10_000;
const MOST = 80_000;

export type Fetch = (path: string, how: { signal: AbortSignal }) => Promise<Pick<Response, "ok" | "json">>;

/** The catalogue at `path`; comes in the end, for there is nothing else to do. `random` is in [0, 1). */
export async function fetchWords(
  path: string,
  timers: Timers,
  get: Fetch = (...what) => fetch(...what),
  random: () => number = Math.random,
): Promise<Catalogue> {
  const begun = timers.now();
  for (let attempt = 0; ; attempt++) {
    const given = new AbortController();
    const cancel = timers.after(Math.min(MOST, PATIENCE * 2 ** attempt), () => given.abort());
    try {
      const answer = await get(path, { signal: given.signal });
      if (answer.ok) return (await answer.json()) as Catalogue;
    } catch {
      // No network, or none that answered in time: it is asked again below.
    } finally {
      cancel();
    }
    const pause = retryDelay(attempt + 1, timers.now() - begun, random());
    await new Promise<void>((go) => timers.after(pause, go));
  }
}
