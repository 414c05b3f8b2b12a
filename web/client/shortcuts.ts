/** One key, one act: what a key pressed anywhere in the room means, unless somebody is typing. Pure. */

export const shortcuts = {
  m: "microphone",
  v: "camera",
  s: "screen",
  n: "notes",
  c: "chat",
  p: "people",
  g: "view",
  h: "hand",
  r: "apart",
  x: "next-visitor",
  f: "fullscreen",
  l: "leave",
  "?": "help",
} as const;

export type Shortcut = (typeof shortcuts)[keyof typeof shortcuts];

/** What is used of a KeyboardEvent. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
}

/** The act of a key press; null for keys with modifiers, held keys, and while `typing`. */
export function shortcutOf(press: KeyPress, typing: boolean): Shortcut | null {
  if (typing || press.repeat || press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key.toLowerCase();
  return key in shortcuts ? shortcuts[key as keyof typeof shortcuts] : null;
}

/** The key of an act, as tooltips and the help show it. */
export function keyOf(shortcut: Shortcut): string {
  const found = Object.entries(shortcuts).find(([, each]) => each === shortcut);
  return (found?.[0] ?? "").toUpperCase();
}

/** True where a key press means a letter. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("dialog[open]") !== null) return true;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "range"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
