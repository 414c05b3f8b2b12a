/** The green room's checks in plain words: read off from the state. Pure. */

import type { DeviceProblem } from "./devices";
import type { State } from "./state";

export interface ConnectionCheck {
  readonly state: "wait" | "ok" | "bad";
  /** Its sentence in the catalogue. */
  readonly key: string;
}

/** Up to this round trip (ms) people don't notice; up to the next they begin to talk over each other (ITU-T G.114). */
const UNNOTICED = 150;
const SLOW = 400;

/** Whether picture and sound can find their way, and how quick it is. */
export function connectionCheck(state: State): ConnectionCheck {
  if (state.media === "ok") {
    const { roundTrip } = state;
    if (roundTrip === null || roundTrip <= UNNOTICED) return { state: "ok", key: "check.good" };
    return { state: "ok", key: roundTrip <= SLOW ? "check.delay" : "check.slow" };
  }
  if (state.link === "lost" || state.link === "stopping") return { state: "bad", key: "check.server" };
  return state.media === "bad"
    ? { state: "bad", key: "check.blocked" }
    : { state: "wait", key: "check.wait" };
}

export interface DeviceTrouble {
  readonly source: "camera" | "microphone" | "both";
  readonly key: string;
  /** Asking again can help: not where the page or the browser is what stands in the way. */
  readonly again: boolean;
}

const hopeless: ReadonlySet<DeviceProblem> = new Set(["insecure", "unsupported"]);

/** What is wrong with camera and microphone; said once when it is the same for both. */
export function deviceTroubles(state: State): DeviceTrouble[] {
  const { camera, microphone } = state.problems;
  if (camera !== null && camera === microphone && camera !== "stopped") {
    return [{ source: "both", key: `device.both.${camera}`, again: !hopeless.has(camera) }];
  }
  return (["microphone", "camera"] as const).flatMap((source) => {
    const problem = state.problems[source];
    return problem === null
      ? []
      : [{ source, key: `device.${source}.${problem}`, again: !hopeless.has(problem) }];
  });
}
