/** Which sentence about the connection is shown over the stage: the most pressing one. Pure. */

import type { IconName } from "./icon";
import type { State } from "./state";

export interface Banner {
  /** `banner.<key>` is the sentence unless `sentence` names another, `banner.<key>-act` the button's words. */
  readonly key:
    | "lost"
    | "stopping"
    | "door"
    | "entering"
    | "media"
    | "media-bad"
    | "saving"
    | "sound"
    | "weak";
  readonly sentence?: string;
  readonly tone: "" | "warm";
  readonly icon: IconName;
  readonly waits: boolean;
  readonly act: "reconnect" | "media" | "sound" | "camera-off" | null;
}

const waiting = { tone: "warm", icon: "connection-off", waits: true } as const;

export function bannerOf(state: State): Banner | null {
  if (state.view !== "room") return null;
  if (state.link === "lost") return { key: "lost", ...waiting, act: "reconnect" };
  if (state.link === "stopping") return { key: "stopping", ...waiting, act: null };
  if (state.joinError !== null) return { key: "entering", ...waiting, act: null };
  if (state.waiting) return { key: "door", tone: "", icon: "waiting", waits: true, act: null };
  if (state.saving) return { key: "saving", ...waiting, act: null };
  if (state.media === "bad") return { key: "media-bad", ...waiting, act: "media" };
  if (state.media === "wait" && state.entered) return { key: "media", ...waiting, act: null };
  if (state.soundBlocked) return { key: "sound", tone: "", icon: "sound", waits: false, act: "sound" };
  if (state.quality[state.me.id] === "poor" && state.mine.camera === "on") {
    const shown = { key: "weak", tone: "warm", icon: "connection", waits: false, act: "camera-off" } as const;
    return state.advice === null ? shown : { ...shown, sentence: `advice.${state.advice}` };
  }
  return null;
}
