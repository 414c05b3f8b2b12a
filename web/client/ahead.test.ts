import { describe, expect, it } from "vitest";
import { socketUrl, takeSocket } from "./ahead";

/** As much of a WebSocket as is looked at before it is taken. */
const socket = (readyState: number) => ({ readyState }) as WebSocket;
const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3] as const;

describe("takeSocket", () => {
  it.each([CONNECTING, OPEN])("takes the one that was opened ahead, once (state %i)", (state) => {
    const page = { ahead: socket(state) };
    const { ahead } = page;
    const fresh = socket(CONNECTING);
    expect(takeSocket(page, () => fresh)).toBe(ahead);
    expect(takeSocket(page, () => fresh)).toBe(fresh);
  });

  it.each([CLOSING, CLOSED])("opens another where that one is gone (state %i)", (state) => {
    const fresh = socket(CONNECTING);
    expect(takeSocket({ ahead: socket(state) }, () => fresh)).toBe(fresh);
  });

  it("opens one where none was opened ahead", () => {
    const fresh = socket(CONNECTING);
    expect(takeSocket({}, () => fresh)).toBe(fresh);
  });
});

describe("socketUrl", () => {
  it.each([
    ["http://127.0.0.1:8080/j/abc", "ws://127.0.0.1:8080/ws"],
    ["https://mentor.example/sub/j/abc", "wss://mentor.example/ws"],
  ])("is encrypted where the page is: %s", (page, expected) => {
    expect(socketUrl("/ws", new URL(page) as unknown as Location)).toBe(expected);
  });
});
