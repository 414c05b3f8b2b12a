/**
 * The document of one room in this browser: kept in step with the server, over every loss of connection.
 *
 * On each connection both sides say what they have and send what the other lacks; after that every local
 * edit goes out as it is made. An edit counts as saved only when the server has acknowledged the frame
 * that carried it on the current connection; until then it is kept, in memory and in localStorage.
 */

import { applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import { decodeFrame, encodeFrame } from "./frames";
import { type Kept, keep, kept, release } from "./keep";
import { Presence } from "./presence";
import { type Shelf, shelfHere } from "./shelf";
import type { NotesListener, NotesState, NotesTransport } from "./types";

/** The name of the Y.Text at the document's root. */
export const ROOT = "notes";

/** The server refuses note updates above 1 MB; room is left for the frame around them. */
const UPDATE_BYTES = 1_000_000;

/** How long an edit may wait for its acknowledgement before it is also written to localStorage. */
const KEEP_AFTER_MS = 250;

/** Origin of transactions that came from the server. */
const REMOTE = Symbol("remote");

interface Unsaved {
  update: Uint8Array;
  /** The number of the frame that carried it on this connection; null until it has been sent. */
  frame: number | null;
}

export interface SessionOptions {
  transport: NotesTransport;
  room: { id: string; expires_ms: number };
  me: string;
  /** Where unsent edits are kept; null where the browser has no storage. */
  shelf: Shelf | null;
}

export class NotesSession implements NotesListener {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText(ROOT);
  /** Undoes this person's own edits only. Views add their origin. */
  readonly undo = new Y.UndoManager(this.text, { trackedOrigins: new Set() });
  readonly presence: Presence;

  private readonly unsubscribe: () => void;
  private readonly listeners = new Set<() => void>();
  private online = false;
  /** The server has told on this connection what it has: edits may flow. */
  private flowing = false;
  /** The server's reply has arrived on this connection. */
  private synced = false;
  private received = false;
  private frames = 0;
  private unsaved: Unsaved[] = [];
  private kept: Kept[] = [];
  private keeping: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: SessionOptions) {
    this.presence = new Presence(this.doc, options.me);
    this.restore();
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== REMOTE) this.edited(update);
    });
    this.doc.on("afterAllTransactions", () => this.dropCarriageReturns());
    this.presence.awareness.on(
      "update",
      (clients: { added: number[]; updated: number[]; removed: number[] }, origin: unknown) => {
        if (origin === "local") {
          this.sendPresence([...clients.added, ...clients.updated, ...clients.removed]);
        }
      },
    );
    this.unsubscribe = options.transport.subscribe(this);
    if (options.transport.connected) this.connected();
  }

  get state(): NotesState {
    if (!this.online) return "offline";
    return this.synced && this.unsaved.length === 0 ? "saved" : "saving";
  }

  /** True once the server's document has been received: before that an empty page would mislead. */
  get ready(): boolean {
    return this.received;
  }

  /** Calls back when `state` or `ready` may have changed. */
  onChange(changed: () => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }

  /** True as soon as everything is saved; false when that takes longer than `timeout_ms`. */
  settled(timeout_ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.state === "saved") finish(true);
      };
      const stop = this.onChange(check);
      const timeout = setTimeout(() => finish(false), timeout_ms);
      const finish = (saved: boolean): void => {
        clearTimeout(timeout);
        stop();
        resolve(saved);
      };
      check();
    });
  }

  connected(): void {
    this.online = true;
    this.flowing = false;
    this.synced = false;
    this.frames = 0;
    for (const unsaved of this.unsaved) unsaved.frame = null;
    this.options.transport.open();
    this.send({ kind: "ask", vector: Y.encodeStateVector(this.doc) });
    this.presence.republish();
    this.changed();
  }

  lost(): void {
    this.online = false;
    this.flowing = false;
    this.synced = false;
    this.presence.forgetOthers();
    this.keepNow();
    this.changed();
  }

  frame(data: Uint8Array): void {
    const frame = decodeFrame(data);
    switch (frame?.kind) {
      case "ask":
        this.reply(frame.vector);
        break;
      case "reply":
        Y.applyUpdate(this.doc, frame.update, REMOTE);
        this.synced = true;
        this.received = true;
        this.changed();
        break;
      case "update":
        Y.applyUpdate(this.doc, frame.update, REMOTE);
        break;
      case "awareness":
        applyAwarenessUpdate(this.presence.awareness, frame.update, REMOTE);
        break;
      case "query":
        this.presence.republish();
        break;
    }
  }

  saved(count: number): void {
    this.unsaved = this.unsaved.filter(({ frame }) => frame === null || frame > count);
    if (this.unsaved.length === 0) this.forget();
    this.changed();
  }

  /** Writes what is not saved to localStorage at once: the page is about to go. */
  keepNow(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    if (this.options.shelf && this.unsaved.length > 0) {
      keep(this.options.shelf, this.options.room, this.doc.clientID, this.merged());
    }
  }

  /** Ends the session: nothing is sent or received any more, and what is unsent is kept. */
  destroy(): void {
    this.keepNow();
    this.unsubscribe();
    this.presence.destroy();
    this.undo.destroy();
    this.doc.destroy();
    this.listeners.clear();
  }

  /** Takes up what an earlier life of this page could not send. */
  private restore(): void {
    const { shelf, room } = this.options;
    if (!shelf) return;
    this.kept = kept(shelf, room.id, Date.now());
    for (const { update } of this.kept) {
      // It may build on what only the server has yet; Yjs holds it back until that arrives.
      Y.applyUpdate(this.doc, update, REMOTE);
      this.unsaved.push({ update, frame: null });
    }
  }

  private edited(update: Uint8Array): void {
    const unsaved: Unsaved = { update, frame: null };
    this.unsaved.push(unsaved);
    if (this.flowing) this.sendUpdate("update", update, [unsaved]);
    if (this.keeping === undefined) {
      this.keeping = setTimeout(() => this.keepNow(), KEEP_AFTER_MS);
    }
    this.changed();
  }

  /** Answers the server's question with everything it lacks, and with everything not acknowledged. */
  private reply(vector: Uint8Array): void {
    const lacking = Y.encodeStateAsUpdate(this.doc, vector);
    const everything = Y.mergeUpdates([lacking, ...this.unsaved.map(({ update }) => update)]);
    this.flowing = true;
    if (everything.length <= UPDATE_BYTES) {
      this.sendUpdate("reply", everything, this.unsaved);
    } else {
      // A very long time offline: piece by piece, each as small as when it was made.
      for (const unsaved of [...this.unsaved]) this.sendUpdate("update", unsaved.update, [unsaved]);
    }
    this.changed();
  }

  private merged(): Uint8Array {
    return Y.mergeUpdates(this.unsaved.map(({ update }) => update));
  }

  /** Sends a frame that the server will count, carrying these edits. */
  private sendUpdate(kind: "reply" | "update", update: Uint8Array, carried: readonly Unsaved[]): void {
    this.frames += 1;
    for (const unsaved of carried) unsaved.frame = this.frames;
    this.send({ kind, update });
  }

  private sendPresence(clients: number[]): void {
    if (!this.online) return;
    this.send({ kind: "awareness", update: encodeAwarenessUpdate(this.presence.awareness, clients) });
  }

  private send(frame: Parameters<typeof encodeFrame>[0]): void {
    this.options.transport.send(encodeFrame(frame));
  }

  private forget(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    const { shelf, room } = this.options;
    if (!shelf) return;
    keep(shelf, room, this.doc.clientID, null);
    release(shelf, this.kept);
    this.kept = [];
  }

  /**
   * Line ends are "\n" alone: a textarea shows "\r\n" as one character, and positions would differ.
   * Only foreign clients write "\r"; taking the same characters away twice is once, so no client leads.
   */
  private dropCarriageReturns(): void {
    const text = this.text.toString();
    if (!text.includes("\r")) return;
    this.doc.transact(() => {
      for (let at = text.lastIndexOf("\r"); at >= 0; at = at > 0 ? text.lastIndexOf("\r", at - 1) : -1) {
        this.text.delete(at, 1);
      }
    });
  }

  private changed(): void {
    for (const changed of [...this.listeners]) changed();
  }
}

const sessions = new WeakMap<NotesTransport, NotesSession>();

/** The session over this transport: made once, shared by the views that come and go. */
export function sessionOver(options: Omit<SessionOptions, "shelf">): NotesSession {
  let session = sessions.get(options.transport);
  if (!session) {
    const made = new NotesSession({ ...options, shelf: shelfHere() });
    window.addEventListener("pagehide", () => made.keepNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") made.keepNow();
    });
    sessions.set(options.transport, made);
    session = made;
  }
  return session;
}
