import type { Details, Received, Sent } from "../details";
import { t } from "../i18n";

/** What each figure is called, and the figure, in the order of the panel. */
export type Line = readonly [name: string, value: string];

const unknown = (): string => t("details.unknown");

export function rate(bits: number | null): string {
  if (bits === null) return unknown();
  return bits < 1_000_000
    ? t("details.kilobits", { count: Math.round(bits / 1000) })
    : t("details.megabits", { count: Math.round(bits / 100_000) / 10 });
}

export function percent(share: number | null): string {
  return share === null ? unknown() : t("details.percent", { count: Math.round(share * 1000) / 10 });
}

export function milliseconds(ms: number | null): string {
  return ms === null ? unknown() : t("details.milliseconds", { count: Math.round(ms) });
}

/** The whole line. */
export function lineWords({ way, figures, limit }: Details): Line[] {
  const { estimate, allocated, score } = figures;
  return [
    [t("details.way"), t(`details.way-${way}`)],
    [t("details.round-trip"), milliseconds(figures.rtt_ms)],
    [t("details.score"), score === null ? unknown() : t("details.score-of", { count: score })],
    [
      t("details.estimate"),
      estimate === null
        ? t("details.no-limit")
        : t("details.estimate-of", { estimate: rate(estimate), allocated: rate(allocated) }),
    ],
    [t("details.queue"), milliseconds(figures.queue_ms)],
    [t("details.limit"), t(`details.limit-${limit ?? "none"}`)],
  ];
}

/** Both ways: name, sent, received. */
export function waysWords({ figures }: Details): readonly (readonly [string, string, string])[] {
  return [
    [t("details.rate"), rate(figures.up), rate(figures.down)],
    [t("details.loss"), percent(figures.loss_up), percent(figures.loss_down)],
    [t("details.jitter"), milliseconds(figures.jitter_up_ms), milliseconds(figures.jitter_down_ms)],
  ];
}

export function sourceWords(source: Sent["source"]): string {
  return t(`details.${source}`);
}

/** A name and what it is, with the colon as the language sets it. */
export const pair = (name: string, value: string): string => t("details.pair", { name, value });

/** Codec, layer and size in one. */
export function sentWords({ source, codec, layer, layers, lines }: Sent): string {
  return [
    codecWords(codec),
    source === "microphone" || lines === null ? null : t("details.lines", { count: lines }),
    layers > 1 ? t("details.layer", { layer, layers }) : null,
  ]
    .filter((part) => part !== null)
    .join(", ");
}

export function receivedWords(each: Received): string {
  if (!each.flowing) return t("details.waits");
  const { codec, layer, layers, width, height, framerate } = each;
  return [
    codecWords(codec),
    width !== null && height !== null
      ? t("details.size", { width: `${width}`, height: `${height}` })
      : height !== null
        ? t("details.lines", { count: height })
        : null,
    framerate === null ? null : t("details.framerate", { count: Math.round(framerate) }),
    layers > 1 && layer !== null ? t("details.layer", { layer, layers }) : null,
  ]
    .filter((part) => part !== null)
    .join(", ");
}

/** Loss of packets; for speech what was made up for it. */
export function lostWords({ source, loss, concealed }: Received): string {
  return percent(source === "microphone" ? (concealed ?? loss) : loss);
}

const codecWords = (codec: string | null): string =>
  codec === null ? unknown() : codec === "opus" ? "Opus" : codec.toUpperCase();

/** Everything as plain text, to be sent to somebody who helps. */
export function asText(details: Details, nameOf: (member: string) => string, when: Date): string {
  const lines = [
    `${t("panel.details")}, ${when.toISOString()}`,
    ...lineWords(details).map(([name, value]) => pair(name, value)),
    ...waysWords(details).map(([name, sent, received]) =>
      pair(name, `${sent} (${t("details.sent")}), ${received} (${t("details.received")})`),
    ),
    "",
    t("details.sends"),
    ...details.sends.map(
      (each) =>
        `- ${pair(sourceWords(each.source), sentWords(each))}, ${rate(each.bitrate)}, ${t("details.receivers", { count: each.receivers })}`,
    ),
    "",
    t("details.receives"),
    ...details.receives.map(
      (each) =>
        `- ${pair(`${nameOf(each.member)}, ${sourceWords(each.source)}`, receivedWords(each))}, ${rate(each.bitrate)}, ${pair(t("details.lost"), lostWords(each))}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
