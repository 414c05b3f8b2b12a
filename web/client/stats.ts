/** What getStats tells, boiled down to what we use; and what passed between two looks. Pure, but for `look`. */

/** One stat of a report; which fields it has depends on its type and on the browser. */
export type Stat = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

export interface Look {
  /** When, in ms of any one clock. */
  readonly at: number;
  readonly stats: ReadonlyMap<string, Stat>;
}

export async function look(connection: Pick<RTCPeerConnection, "getStats">): Promise<Look> {
  const stats = new Map<string, Stat>();
  for (const stat of (await connection.getStats()).values()) stats.set(stat.id, stat as Stat);
  return { at: performance.now(), stats };
}

/** A field that is a number; null where it is not there. */
export function number(stat: Stat | undefined, field: string): number | null {
  const value = stat?.[field];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function text(stat: Stat | undefined, field: string): string | null {
  const value = stat?.[field];
  return typeof value === "string" && value !== "" ? value : null;
}

/** How much a counter grew; all of it where the stat is new. Null where it is not counted, or began anew. */
export function growth(before: Look | null, after: Look, id: string, field: string): number | null {
  const now = number(after.stats.get(id), field);
  if (now === null) return null;
  const grown = now - (number(before?.stats.get(id), field) ?? 0);
  return grown >= 0 ? grown : null;
}

export function ofType(look: Look, type: string): Stat[] {
  return [...look.stats.values()].filter((stat) => stat.type === type);
}

export interface Heard {
  /** Share of speech that never came in time and was made up, 0 to 1. */
  readonly concealed: number;
  readonly buffer_ms: number;
}

/** Fewer samples than this say nothing: 100 ms at 48 kHz. */
const FEW = 4_800;

/** How the speech of all slots was between two looks; null when there was hardly any. */
export function heardBetween(before: Look, after: Look): Heard | null {
  let samples = 0;
  let concealed = 0;
  let waited = 0;
  let played = 0;
  for (const { id, kind } of ofType(after, "inbound-rtp")) {
    // An idle slot plays nothing but concealment: it says nothing about the line.
    if (kind !== "audio" || (growth(before, after, id, "packetsReceived") ?? 0) === 0) continue;
    samples += growth(before, after, id, "totalSamplesReceived") ?? 0;
    const silent = growth(before, after, id, "silentConcealedSamples") ?? 0;
    concealed += Math.max(0, (growth(before, after, id, "concealedSamples") ?? 0) - silent);
    waited += growth(before, after, id, "jitterBufferDelay") ?? 0;
    played += growth(before, after, id, "jitterBufferEmittedCount") ?? 0;
  }
  if (samples < FEW) return null;
  const buffer = played > 0 ? (waited / played) * 1000 : 0;
  return {
    concealed: Math.min(1, concealed / samples),
    buffer_ms: Math.min(10_000, Math.round(buffer)),
  };
}

/** Bytes that have come over all paths; null while there is no connection. */
export function bytesReceived(seen: Look | null): number | null {
  if (seen === null) return null;
  return ofType(seen, "candidate-pair").reduce((sum, pair) => sum + (number(pair, "bytesReceived") ?? 0), 0);
}

/** Round trip of the media path in ms; null while there is none. */
export function roundTrip(seen: Look | null): number | null {
  const used = seen === null ? [] : ofType(seen, "candidate-pair").filter((pair) => pair.nominated === true);
  const found = used
    .filter((pair) => pair.state === "succeeded")
    .flatMap((pair) => number(pair, "currentRoundTripTime") ?? []);
  return found.length > 0 ? Math.min(...found) * 1000 : null;
}

/** What the browser believes that it can send, bits a second; null where it does not say. */
export function available(seen: Look | null): number | null {
  const used = seen === null ? [] : ofType(seen, "candidate-pair").filter((pair) => pair.nominated === true);
  const found = used.flatMap((pair) => number(pair, "availableOutgoingBitrate") ?? []);
  return found.length > 0 ? Math.max(...found) : null;
}
