/** One offer on its way to the server, and its answer: at most one at a time, and none waits for ever. */

import type { Offer } from "./protocol";
import type { Timers } from "./timers";

/** No answer to an offer within this means that it was lost. */
const ANSWER_WITHIN = 8_000;

interface UnderWay {
  id: number;
  answered: (sdp: string | null) => void;
}

export class Exchange {
  private now: UnderWay | null = null;
  private lastId = 0;

  /** `send` passes an offer on; false when there is no connection. */
  constructor(
    private readonly timers: Timers,
    private readonly send: (offer: Offer) => boolean,
  ) {}

  /** Sends an offer and waits for its answer; null when none will come. */
  ask(sdp: string, fresh: boolean): Promise<string | null> {
    const id = ++this.lastId;
    return new Promise((resolve) => {
      const settle = (answer: string | null) => {
        if (this.now?.id !== id) return;
        cancel();
        this.now = null;
        resolve(answer);
      };
      const cancel = this.timers.after(ANSWER_WITHIN, () => settle(null));
      this.now = { id, answered: settle };
      if (!this.send({ type: "offer", id, sdp, fresh })) settle(null);
    });
  }

  /** The reply to an offer; one to another than that under way is passed over. */
  answer(id: number, sdp: string): void {
    if (this.now?.id === id) this.now.answered(sdp);
  }

  /** No answer will come. */
  lost(): void {
    this.now?.answered(null);
  }
}
