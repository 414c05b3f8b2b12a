// Generated from signaling/visits.py: edit that, then `python -m signaling.typescript web/client/protocol`.

export type QueueAction = "next" | "end" | "call" | "put-back" | "dismiss" | "close" | "open";

/** What this visitor comes for, in a line. The mentor sees it in the queue. */
export interface QueueAbout {
  readonly type: "queue-about";
  readonly text: string;
}

/** This visitor lets the one behind them go first. */
export interface QueuePass {
  readonly type: "queue-pass";
}

/** Drives the queue (mentor only). ``member`` belongs to ``call`` and ``dismiss``. */
export interface QueueCommand {
  readonly type: "queue-command";
  readonly action: QueueAction;
  readonly member?: string | null;
}

/**
 * To a visitor who waits, when one of these changes.
 *
 * `place` 1 is next. `minutes` is how long it will be, about; null while no mentor is here. `behind`:
 * somebody could be let go first. `closed`: nobody new is taken. `about` is what they come for.
 */
export interface QueuePlace {
  readonly type: "queue-place";
  readonly place: number;
  readonly minutes: number | null;
  readonly behind: boolean;
  readonly closed: boolean;
  readonly about: string;
}

/**
 * Somebody in the queue since `since_ms`, or visiting since then; `here` is false while their
 * connection is lost and their place is kept (2 min).
 */
export interface QueueVisitor {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly since_ms: number;
  readonly here: boolean;
}

/**
 * To mentors: the queue after a change that is already stored.
 *
 * `line` is its beginning (the first thirty), `count` how many wait in all. `visit` is who is in now.
 * `done` is how many visits there were, `average_s` how long they took, null before there was one.
 */
export interface QueueChanged {
  readonly type: "queue";
  readonly line: readonly QueueVisitor[];
  readonly count: number;
  readonly visit: QueueVisitor | null;
  readonly closed: boolean;
  readonly done: number;
  readonly average_s: number | null;
}
