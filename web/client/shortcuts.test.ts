import { describe, expect, it } from "vitest";
import { keyOf, shortcutOf, shortcuts } from "./shortcuts";

describe("shortcuts", () => {
  const press = (key: string, more = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    ...more,
  });

  it("are one key each, with or without shift", () => {
    expect(shortcutOf(press("m"), false)).toBe("microphone");
    expect(shortcutOf(press("M"), false)).toBe("microphone");
    expect(shortcutOf(press("?"), false)).toBe("help");
    expect(new Set(Object.values(shortcuts)).size).toBe(Object.keys(shortcuts).length);
  });

  it("leave the browser's own and what is being written alone", () => {
    expect(shortcutOf(press("s", { ctrlKey: true }), false)).toBeNull();
    expect(shortcutOf(press("l", { metaKey: true }), false)).toBeNull();
    expect(shortcutOf(press("m"), true)).toBeNull();
    expect(shortcutOf(press("m", { repeat: true }), false)).toBeNull();
    expect(shortcutOf(press("toString"), false)).toBeNull();
  });

  it("are told by their key", () => {
    expect(keyOf("camera")).toBe("V");
  });
});
