/** Time as the framework-free parts need it: passed in, so that tests own it. */
export interface Timers {
  /** Milliseconds by a clock that never jumps back. */
  now(): number;
  /** Calls back once after `ms`; the result cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** The browser's time. `now` is comparable to the Unix epoch but doesn't follow adjustments of the wall clock. */
export const browserTimers: Timers = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, call) {
    const id = setTimeout(call, ms);
    return () => clearTimeout(id);
  },
};
