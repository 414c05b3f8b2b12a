/**
 * What the room client and the notes know of each other: nothing else crosses.
 *
 * The room client imports `open.ts` (about 1 kB) and calls `openNotes` when the panel is first shown.
 * `open.ts` imports `editor.ts` (CodeMirror) or `plain.ts` (a textarea, for slow links) and carries the
 * person from one to the other. One document session lives as long as the transport object does; views
 * come and go over it, so closing the panel loses nothing and edits by others keep arriving.
 *
 * Frames are y-protocols messages in lib0 encoding: 0 sync (0 step 1, 1 step 2, 2 update), 1 awareness,
 * 3 query awareness. The document's root is the Y.Text "notes". Awareness states are
 * `{ user: { id }, cursor, typing }`, `id` being the member's own: names are looked up by `person`, never
 * taken from a frame.
 */

/** The editor with Markdown highlighting, or the plain textarea. */
export type NotesMode = "rich" | "plain";

/**
 * `saved`: everything typed here is in the store. `saving`: something is on its way, or the document is
 * still being fetched. `offline`: no connection; edits are kept in this browser until it is back.
 */
export type NotesState = "saved" | "saving" | "offline";

/** What the room client tells the notes. */
export interface NotesListener {
  /** This member is in the room on a new connection (first, resumed or rejoined): frames may be sent. */
  connected(): void;
  /** The connection is gone; what was sent and not acknowledged is sent again after the next `connected`. */
  lost(): void;
  /** A binary frame arrived. */
  frame(data: Uint8Array): void;
  /**
   * `notes-saved` arrived: so many of the frames sent on this connection with sync step 2 or update
   * (counted together, in order, empty ones too) are in the store.
   */
  saved(count: number): void;
}

/** The room's one WebSocket, as far as the notes may use it. The same object across reconnections. */
export interface NotesTransport {
  /** True between `connected` and `lost`. */
  readonly connected: boolean;
  /** Sends the text message `notes-open`: the notes do so themselves on each connection, before any frame. */
  open(): void;
  /** Sends one binary frame; silently dropped while not connected. */
  send(frame: Uint8Array): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: NotesListener): () => void;
}

/** Who a member id is, as the room shows them. */
export interface NotesPerson {
  name: string;
}

/** Translates a key of the catalogues; `count` among the values selects the plural. */
export type Translate = (key: string, values?: Record<string, string | number>) => string;

export interface NotesOptions {
  /** An empty element inside the panel; the notes fill it and empty it again. */
  host: HTMLElement;
  transport: NotesTransport;
  /** The room's id and its expiry: unsent edits are kept under this id in localStorage until then. */
  room: { id: string; expires_ms: number };
  /** This member's id. */
  me: string;
  /** Who a member id is: guests of the room, present or not. Asked each time, as names may change. */
  person: (id: string) => NotesPerson | undefined;
  /** This member reads and doesn't write. */
  reads?: boolean;
  /** Everyone who may own an action item, this member included. */
  guests: () => readonly NotesPerson[];
  t: Translate;
  /** Says a sentence in the room's polite live region. */
  say: (text: string) => void;
  /** Where the server gives the notes as a Markdown file; empty where it does not. */
  notesUrl: string;
  /** Which view to begin with; without it the person's last choice, or plain when the browser saves data. */
  mode?: NotesMode;
  /** Called at once and on each change: for the badge on the notes button, for leaving safely. */
  onState?: (state: NotesState) => void;
}

/** What `openNotes` gives back. */
export interface OpenNotes {
  readonly mode: NotesMode;
  readonly state: NotesState;
  /** Resolves when a view is on screen (or the words that it could not be loaded). */
  readonly ready: Promise<void>;
  focus(): void;
  /** Resolves when everything is saved, or after `timeout_ms`: true when saved. For leaving the room. */
  settled(timeout_ms: number): Promise<boolean>;
  /** Takes the view off the host; the document goes on in the background. */
  close(): void;
}

/** What `editor.ts` and `plain.ts` export; only `open.ts` imports them. */
export interface NotesModule {
  mountNotes(options: MountOptions): NotesView;
}

export interface MountOptions extends NotesOptions {
  /** Asks for the other view. */
  switchMode: (mode: NotesMode) => void;
}

export interface NotesView {
  readonly state: NotesState;
  focus(): void;
  settled(timeout_ms: number): Promise<boolean>;
  destroy(): void;
}
