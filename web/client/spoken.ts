/**
 * How speech is packed: so much of it in a packet, and each frame again in the next packet or not (RFC 2198).
 * Browsers take both from the answer alone, so the last answer is given to them once more with that changed:
 * the server, which takes speech in any packing, need not be asked.
 */

export interface Packing {
  /** Milliseconds a packet. */
  readonly ptime: number;
  readonly redundant: boolean;
}

export const PLAIN: Packing = { ptime: 20, redundant: false };

export const samePacking = (one: Packing, other: Packing): boolean =>
  one.ptime === other.ptime && one.redundant === other.redundant;

/** The answer that asks for such speech on its first audio section, the microphone's. */
export function packed(answer: string, { ptime, redundant }: Packing): string {
  const sections = answer.split(/^(?=m=)/m);
  const index = sections.findIndex((section) => section.startsWith("m=audio"));
  const section = sections[index];
  if (section === undefined) return answer;
  const red = /^a=rtpmap:(\d+) red\/48000/im.exec(section)?.[1];
  const lines = section
    .split("\r\n")
    .filter((line) => !line.startsWith("a=ptime:"))
    .map((line) => (line.startsWith("m=") && red !== undefined ? ordered(line, red, redundant) : line));
  if (ptime !== PLAIN.ptime) lines.splice(lines.length - 1, 0, `a=ptime:${ptime}`);
  sections[index] = lines.join("\r\n");
  return sections.join("");
}

/** Browsers send the format that comes first. */
function ordered(line: string, red: string, first: boolean): string {
  const [kind, port, protocol, ...formats] = line.split(" ");
  const others = formats.filter((format) => format !== red);
  return [kind, port, protocol, ...(first ? [red, ...others] : [...others, red])].join(" ");
}
