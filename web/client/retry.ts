/**
 * How long to wait before trying to reach the server again.
 *
 * At 0, 0.3, 1.2 and 2.7 s, then every 2.7 s for two minutes (a restarting server is met well within 5 s of
 * its return), every 4.8 s for ten, then every 7 s. The jitter only shortens a wait, so it keeps its bound,
 * and a hundred people do not come back in the same instant.
 */

const first = [0, 300, 1_200, 2_700];

/** The wait in ms before attempt number `attempt` (0 is the first), `elapsed` ms after the connection was lost. `random` is in [0, 1). */
export function retryDelay(attempt: number, elapsed: number, random: number): number {
  const base = first[attempt] ?? (elapsed < 120_000 ? 2_700 : elapsed < 600_000 ? 4_800 : 7_000);
  return base * (1 - 0.2 * random);
}
