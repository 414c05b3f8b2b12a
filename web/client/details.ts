/** A connection in figures, for whoever helps: the server's account joined with this browser's own. Pure. */

import type { Figures, Source } from "./protocol";
import { growth, type Look, number, ofType, type Stat, text } from "./stats";

/** The way that media takes: `turn` is over a relay of the network's, which only the browser knows. */
export type Way = "udp" | "tcp" | "turn";

/** Why the browser sends less than it could: its processor, or the line. */
export type Limit = "cpu" | "bandwidth" | "other";

export interface Sent {
  readonly source: Source;
  readonly codec: string;
  /** From 1, the lowest, of so many. */
  readonly layer: number;
  readonly layers: number;
  readonly lines: number | null;
  readonly bitrate: number | null;
  readonly receivers: number;
}

export interface Received {
  readonly member: string;
  readonly source: Source;
  readonly codec: string | null;
  readonly layer: number | null;
  readonly layers: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly framerate: number | null;
  readonly bitrate: number | null;
  /** Share of packets that never came (0 to 1). */
  readonly loss: number | null;
  /** Share of speech that was made up (0 to 1). */
  readonly concealed: number | null;
  readonly flowing: boolean;
}

export interface Details {
  readonly way: Way;
  readonly figures: Figures;
  readonly limit: Limit | null;
  readonly sends: readonly Sent[];
  readonly receives: readonly Received[];
}

/** `before` is the look at the last figures, null the first time. */
export function details(figures: Figures, before: Look | null, now: Look): Details {
  const sends = figures.sends.map((each) => ({
    ...each,
    layer: each.layer + 1,
    layers: figures.sends.filter((other) => other.source === each.source).length,
  }));
  const inbound = new Map(ofType(now, "inbound-rtp").map((stat) => [text(stat, "mid"), stat]));
  const receives = figures.receives.map((each) => {
    const stat = inbound.get(each.mid);
    return {
      ...each,
      layer: each.layer === null ? null : each.layer + 1,
      width: each.source === "microphone" ? null : number(stat, "frameWidth"),
      height: each.source === "microphone" ? null : (number(stat, "frameHeight") ?? each.lines),
      framerate: each.flowing ? number(stat, "framesPerSecond") : null,
      loss: share(before, now, stat, "packetsLost", ["packetsLost", "packetsReceived"]),
      concealed:
        each.source === "microphone"
          ? share(before, now, stat, "concealedSamples", ["totalSamplesReceived"])
          : null,
    };
  });
  return { way: wayOf(now) ?? figures.path, figures, limit: limitOf(now), sends, receives };
}

/** How much of what grew `whole` was `part`; null where too little came to say. */
function share(
  before: Look | null,
  now: Look,
  stat: Stat | undefined,
  part: string,
  whole: readonly string[],
): number | null {
  if (stat === undefined || before === null) return null;
  const came = growth(before, now, stat.id, "packetsReceived") ?? 0;
  const all = whole.reduce((sum, field) => sum + (growth(before, now, stat.id, field) ?? 0), 0);
  if (came === 0 || all <= 0) return null;
  return Math.min(1, (growth(before, now, stat.id, part) ?? 0) / all);
}

function wayOf(now: Look): Way | null {
  const chosen = ofType(now, "transport").flatMap((stat) => text(stat, "selectedCandidatePairId") ?? []);
  const pairs = ofType(now, "candidate-pair").filter(
    (pair) => chosen.includes(pair.id) || (pair.nominated === true && pair.state === "succeeded"),
  );
  const pair = pairs.find((each) => chosen.includes(each.id)) ?? pairs[0];
  const local = now.stats.get(text(pair, "localCandidateId") ?? "");
  if (local === undefined) return null;
  if (text(local, "candidateType") === "relay") return "turn";
  return text(local, "protocol") === "tcp" ? "tcp" : "udp";
}

function limitOf(now: Look): Limit | null {
  const found = ofType(now, "outbound-rtp")
    .filter((stat) => stat.kind === "video" && stat.active !== false)
    .map((stat) => text(stat, "qualityLimitationReason"));
  return (["cpu", "bandwidth", "other"] as const).find((limit) => found.includes(limit)) ?? null;
}
