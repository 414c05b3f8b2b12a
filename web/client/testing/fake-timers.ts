import type { Timers } from "../timers";

interface Waiting {
  at: number;
  call: () => void;
}

/** Time that stands still until a test moves it. */
export class FakeTimers implements Timers {
  private clock: number;
  private readonly waiting = new Set<Waiting>();

  constructor(start = 1_000_000) {
    this.clock = start;
  }

  now = (): number => this.clock;

  after = (ms: number, call: () => void): (() => void) => {
    const entry = { at: this.clock + Math.max(0, ms), call };
    this.waiting.add(entry);
    return () => this.waiting.delete(entry);
  };

  /** How many timers wait. */
  get pending(): number {
    return this.waiting.size;
  }

  /** Moves on by `ms`, calling what is due in order; promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.clock + ms;
    await settle();
    for (;;) {
      const due = [...this.waiting].filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.waiting.delete(due);
      this.clock = Math.max(this.clock, due.at);
      due.call();
      await settle();
    }
    this.clock = end;
  }
}

/** Lets everything that waits only for promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}
