/**
 * A page whose own script did not come is loaded again. Browsers fail whatever is on its way when the network
 * changes, and a poor line gives up by itself: the page would say that it opens for ever.
 */

/** Milliseconds before each further try; after the last one only the page's words are left. */
const WAITS = [500, 2_000, 8_000, 30_000] as const;
const KEY = "opening";

/** What is used of the page. */
export interface Opening {
  /** Throws where storage is refused. */
  store(): Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly online: () => boolean;
  /** Calls back once, when there is a network again. */
  whenOnline(call: () => void): void;
  after(ms: number, call: () => void): void;
  reload(): void;
}

export class Openings {
  private failing = false;

  constructor(private readonly page: Opening) {}

  /** A script could not be had. */
  failed(): void {
    if (this.failing) return;
    this.failing = true;
    const wait = WAITS[this.next()];
    if (wait !== undefined) this.page.after(wait, () => this.again());
  }

  /** Everything that the page names has come or failed. */
  loaded(): void {
    if (this.failing) return;
    try {
      this.page.store().removeItem(KEY);
    } catch {
      // No storage: nothing was counted.
    }
  }

  /** Which try comes next. Where that can't be remembered there is none, or it would never end. */
  private next(): number {
    try {
      const tries = Number(this.page.store().getItem(KEY) ?? 0);
      this.page.store().setItem(KEY, String(tries + 1));
      return tries;
    } catch {
      return WAITS.length;
    }
  }

  private again(): void {
    if (this.page.online()) this.page.reload();
    else this.page.whenOnline(() => this.page.reload());
  }
}
