/** What the session's timer shows at an instant: pure sums over the server's own record. */

import type { Box, Timer, TimerPlace } from "./protocol";

export interface TimerView {
  /** The current box; undefined when there is none. */
  box: Box | undefined;
  /** Left in the current box, in ms; negative is overtime. */
  remaining: number;
  overtime: boolean;
  /** How much of the box is over, 0 to 1. */
  fraction: number;
  /** "4:05", in overtime "+0:07". */
  text: string;
  turn: TurnView | null;
}

/** Where the timer stands: a press on one of its buttons is meant for this. */
export function placeOf({ status, index, turn }: Timer): TimerPlace {
  return { status, index, turn: turn?.index ?? null };
}

/** Milliseconds left in the current box at `now` (server's clock, ms); negative is overtime. */
export function remaining(timer: Timer, now: number): number {
  const box = timer.boxes[timer.index];
  if (box === undefined) return 0;
  return box.seconds * 1000 - box.spent_ms - running(timer, now);
}

/** For how long (ms) the clock has run since the server's record. */
function running(timer: Timer, now: number): number {
  return timer.status === "running" && timer.since_ms !== null ? Math.max(0, now - timer.since_ms) : 0;
}

/**
 * Minutes and seconds: what is left is rounded up, what is over is rounded down, so "0:00" shows for the
 * first second of overtime and never a "-0:00".
 */
export function clockText(ms: number): string {
  const over = ms <= -1000;
  const seconds = over ? Math.floor(-ms / 1000) : Math.ceil(Math.max(0, ms) / 1000);
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return over ? `+${text}` : text;
}

/** All that is drawn of the timer at `now` (server's clock, ms). */
export function timerView(timer: Timer, now: number): TimerView {
  const box = timer.boxes[timer.index];
  const left = remaining(timer, now);
  const whole = (box?.seconds ?? 0) * 1000;
  return {
    box,
    remaining: left,
    overtime: left <= 0 && box !== undefined && timer.status !== "ready" && timer.status !== "finished",
    fraction: whole <= 0 ? 0 : Math.min(1, Math.max(0, 1 - left / whole)),
    text: clockText(left),
    turn: turnView(timer, now),
  };
}

/** Whose turn it is, as a person sees it. */
export interface TurnView {
  /** The member whose turn it is, or whom the box is about. */
  readonly member: string;
  /** Whether they speak; with false the others do. */
  readonly speaks: boolean;
  readonly place: number;
  readonly count: number;
  /** Left of the turn in ms, negative is over; null where turns have no clock. */
  readonly remaining: number | null;
}

/** The current turn; null where everyone speaks freely or nothing runs. */
export function turnView(timer: Timer, now: number): TurnView | null {
  const box = timer.boxes[timer.index];
  const { turn } = timer;
  const resting = timer.status === "ready" || timer.status === "finished";
  if (box === undefined || turn === null || (box.speaks === "everyone" && !box.queue) || resting) return null;
  const member = turn.order[turn.index];
  if (member === undefined) return null;
  const left = box.turn_s * 1000 - turn.spent_ms - running(timer, now);
  return {
    member,
    speaks: box.speaks !== "others",
    place: turn.index + 1,
    count: turn.order.length,
    remaining: box.turn_s === 0 ? null : left,
  };
}

/** What is sounded and said during a box. */
export type TimerMark = "one-minute" | "time-up" | "turn-up";

/** The marks of the current box and turn, the first first, and in how many ms each comes (negative: has been). */
export function marks(timer: Timer, now: number): { mark: TimerMark; wait: number }[] {
  const box = timer.boxes[timer.index];
  if (box === undefined || timer.status !== "running") return [];
  const left = remaining(timer, now);
  const turn = turnView(timer, now)?.remaining ?? null;
  // Of two that come at once the box's is the later: it is what stays said and shown.
  const found: { mark: TimerMark; wait: number }[] = turn === null ? [] : [{ mark: "turn-up", wait: turn }];
  found.push({ mark: "time-up", wait: left });
  if (box.queue && turn !== null) found.push({ mark: "one-minute", wait: turn - 60_000 });
  // A box of a minute or less has no warning: it would come at once.
  if (box.seconds > 60) found.push({ mark: "one-minute", wait: left - 60_000 });
  return found.sort((one, two) => one.wait - two.wait);
}

/**
 * Milliseconds until what is left is a multiple of `step` ms: drawn then, everyone's second changes in the
 * same instant.
 */
export function untilNext(step: number, left: number): number {
  const rest = ((left % step) + step) % step;
  return rest === 0 ? step : rest;
}
