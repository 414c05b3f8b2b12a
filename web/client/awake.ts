/** Keeps the screen of a phone lit while somebody is in a call: nobody touches it, and it would go dark. */

export interface Lock {
  release(): Promise<void>;
}

export interface AwakeHost {
  /** Rejects where the system says no (battery low, page hidden); undefined where the browser can't. */
  readonly request: (() => Promise<Lock>) | undefined;
  visible(): boolean;
  onVisible(act: () => void): void;
}

export class Awake {
  private wanted = false;
  private lock: Lock | null = null;

  constructor(private readonly host: AwakeHost) {
    // The system takes the lock away from a hidden page.
    host.onVisible(() => void this.settle(true));
  }

  want(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    void this.settle(false);
  }

  private async settle(again: boolean): Promise<void> {
    const { lock } = this;
    if (!this.wanted || again) {
      this.lock = null;
      await lock?.release().catch(() => undefined);
    }
    if (!this.wanted || this.lock !== null || !this.host.visible()) return;
    const taken = await this.host.request?.().catch(() => null);
    if (taken === null || taken === undefined) return;
    if (this.wanted) this.lock = taken;
    else await taken.release().catch(() => undefined);
  }
}

export const browserAwake: AwakeHost = {
  request: "wakeLock" in navigator ? () => navigator.wakeLock.request("screen") : undefined,
  visible: () => document.visibilityState === "visible",
  onVisible: (act) =>
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") act();
    }),
};
