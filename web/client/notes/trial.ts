/** What the notes' own tests share: seeded chance, texts that are hard to cut, a textarea without a page. */

import * as Y from "yjs";
import type { TextField } from "./binding";
import { decodeFrame, encodeFrame, type Frame } from "./frames";
import type { Shelf } from "./shelf";
import type { NotesListener, NotesTransport } from "./types";

/** A seeded generator of numbers in [0, 1) (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

export function pick<T>(random: () => number, from: readonly T[]): T {
  const found = from[below(random, from.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

/** Characters of one to eleven code units: pairs, combining marks, joined emoji, flags, right-to-left. */
export const GRAPHEMES = [
  ..."aab \n-#*é日ß",
  "😀",
  "😁",
  "e\u0301",
  "n\u0303\u0323",
  "👩🏽‍🚀",
  "👨‍👩‍👧‍👦",
  "🇨🇦",
  "🇨🇭",
  "👍🏿",
  "❤️",
  "ש\u05b8",
  "क्षि",
  "𝔘",
];

export const someText = (random: () => number, most: number): string =>
  Array.from({ length: 1 + below(random, most) }, () => pick(random, GRAPHEMES)).join("");

/** HTMLTextAreaElement as far as the binding goes, after the HTML standard's setRangeText("preserve"). */
export class Field implements TextField {
  selectionStart = 0;
  selectionEnd = 0;
  selectionDirection: "forward" | "backward" | "none" = "none";
  /** How often the value was written by the program: never while composing. */
  writes = 0;
  private text = "";

  get value(): string {
    return this.text;
  }

  set value(text: string) {
    this.text = text;
    this.setSelectionRange(text.length, text.length, "none");
  }

  setRangeText(text: string, start: number, end: number): void {
    this.writes += 1;
    const moved = (at: number): number => (at > end ? at + text.length - (end - start) : Math.min(at, start));
    const [from, to] = [moved(this.selectionStart), moved(this.selectionEnd)];
    this.text = this.text.slice(0, start) + text + this.text.slice(end);
    this.setSelectionRange(from, to, this.selectionDirection);
  }

  setSelectionRange(start: number, end: number, direction: "forward" | "backward" | "none"): void {
    this.selectionStart = Math.min(start, this.text.length);
    this.selectionEnd = Math.min(end, this.text.length);
    this.selectionDirection = direction;
  }

  /** What a person does: replaces [from, to) by `insert`, the caret after it. */
  type(from: number, to: number, insert: string): void {
    this.text = this.text.slice(0, from) + insert + this.text.slice(to);
    this.setSelectionRange(from + insert.length, from + insert.length, "none");
  }
}

/** `localStorage` in memory. */
export class Cupboard implements Shelf {
  readonly items = new Map<string, string>();

  get length(): number {
    return this.items.size;
  }

  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

/**
 * A server after the protocol: what it stores it acknowledges and passes on. While `holding`, frames wait
 * unstored, as with the store away; `crash` loses those, and every connection.
 */
export class TrialServer {
  readonly doc = new Y.Doc();
  holding = false;
  private readonly lines = new Set<TrialLine>();
  private waiting: (() => void)[] = [];

  get text(): string {
    return this.doc.getText("notes").toString();
  }

  line(): TrialLine {
    const line = new TrialLine(this);
    this.lines.add(line);
    return line;
  }

  /** The store is back: everything held is stored, in order. */
  release(): void {
    this.holding = false;
    for (const store of this.waiting.splice(0)) store();
  }

  crash(): void {
    this.waiting = [];
    for (const line of this.lines) line.cut();
  }

  opened(line: TrialLine): void {
    line.deliver(encodeFrame({ kind: "ask", vector: Y.encodeStateVector(this.doc) }));
  }

  take(line: TrialLine, data: Uint8Array): void {
    const frame = decodeFrame(data);
    if (frame?.kind === "ask") {
      line.deliver(encodeFrame({ kind: "reply", update: Y.encodeStateAsUpdate(this.doc, frame.vector) }));
    } else if (frame?.kind === "reply" || frame?.kind === "update") {
      const store = (): void => {
        Y.applyUpdate(this.doc, frame.update);
        line.acknowledge();
        this.pass(line, encodeFrame({ kind: "update", update: frame.update }));
      };
      if (this.holding) this.waiting.push(store);
      else store();
    } else if (frame?.kind === "awareness") {
      this.pass(line, data);
    }
  }

  private pass(from: TrialLine, data: Uint8Array): void {
    for (const line of this.lines) if (line !== from) line.deliver(data);
  }
}

/** One client's transport; what either side sends arrives at once, unless it is cut. */
export class TrialLine implements NotesTransport {
  connected = false;
  /** What the client sent on this connection. */
  readonly sent: Frame[] = [];
  private listener: NotesListener | null = null;
  private opened = false;
  private count = 0;

  constructor(private readonly server: TrialServer) {}

  connect(): void {
    this.connected = true;
    this.opened = false;
    this.count = 0;
    this.sent.length = 0;
    this.listener?.connected();
  }

  cut(): void {
    if (!this.connected) return;
    this.connected = false;
    this.listener?.lost();
  }

  open(): void {
    this.opened = true;
    this.server.opened(this);
  }

  send(data: Uint8Array): void {
    if (!this.connected) return;
    if (!this.opened) throw new Error("a frame before notes-open");
    const frame = decodeFrame(data);
    if (frame) this.sent.push(frame);
    this.server.take(this, data);
  }

  subscribe(listener: NotesListener): () => void {
    this.listener = listener;
    return () => {
      this.listener = null;
    };
  }

  deliver(data: Uint8Array): void {
    if (this.connected && this.opened) this.listener?.frame(data);
  }

  acknowledge(): void {
    this.count += 1;
    if (this.connected) this.listener?.saved(this.count);
  }
}
