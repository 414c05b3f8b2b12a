/** How many chip colours there are: the classes `hue-0` to `hue-11`. */
const HUES = 12;

/** One or two letters for a person: the first of the first word and of the last; "?" when there are none. */
export function initials(name: string): string {
  const words = name
    .split(/\s+/u)
    .map((word) => [...word][0] ?? "")
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.join("").normalize("NFC").toUpperCase() || "?";
}

/** The chip colour of a name, 0 to 11: FNV-1a over code points, the same as the server's `web.render.hue`. */
export function hue(name: string): number {
  let value = 0x811c9dc5;
  for (const letter of name.trim()) {
    value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return value % HUES;
}
