// Generated from signaling/captions.py: edit that, then `python -m signaling.typescript web/client/protocol`.

import type { Keeping } from "./parts";

export type KeepAct = "ask" | "agree" | "stop";

/**
 * What `member` says, as far as their browser has understood it.
 *
 * `line` counts that member's lines; a later one with the same number replaces it, until `final`.
 * `language` is a language tag, such as `fr-CA`.
 */
export interface CaptionLine {
  readonly member: string;
  readonly line: number;
  readonly text: string;
  readonly final: boolean;
  readonly language: string;
}

/** What this browser has understood of its own person, so far or finally. */
export interface Caption {
  readonly type: "caption";
  readonly line: number;
  readonly text: string;
  readonly final: boolean;
  readonly language: string;
}

/** Whether this page shows captions. */
export interface CaptionsWanted {
  readonly type: "captions-wanted";
  readonly on: boolean;
}

/** Asks everybody whether captions may be kept, agrees to it, or has none of it. */
export interface KeepCaptions {
  readonly type: "keep-captions";
  readonly act: KeepAct;
}

/** What has been said since the last of these. */
export interface Captions {
  readonly type: "captions";
  readonly lines: readonly CaptionLine[];
}

/** Whether captions are kept, after a change; already in the store. */
export interface KeepingChanged {
  readonly type: "keeping";
  readonly keeping: Keeping;
}
