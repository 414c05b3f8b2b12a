/** Views that most sessions can do without: fetched when they are first to be drawn. */

import { pollOnScreen } from "./polls";
import type { State } from "./state";

const sources = {
  polls: () => import("./views/polls"),
  pointers: () => import("./views/pointers"),
  captions: () => import("./views/captions"),
  desk: () => import("./views/queue-desk"),
  waiting: () => import("./views/queue-waiting"),
} as const;

export type LazyView = keyof typeof sources;

/** Somebody's words have come, or there is the question whether they are kept. */
export const captionsOnScreen = (state: State): boolean =>
  state.captioned || state.captioning || state.keeping.by !== null;

/** What has to be there to draw this state. */
export function needed(state: State): readonly LazyView[] {
  const found: LazyView[] = [];
  if (state.panel === "polls" || pollOnScreen(state.polls) !== null) found.push("polls");
  if (state.mine.screen === "on" || state.members.some((member) => member.screen)) found.push("pointers");
  if (state.panel === "captions" || captionsOnScreen(state)) found.push("captions");
  if (state.queue !== null) found.push("desk");
  return found;
}

export class LazyViews {
  private readonly asked = new Set<LazyView>();

  /** `failed` is called when a view could not be fetched; it is tried again when it is next needed. */
  constructor(private readonly failed: () => void) {}

  fetch(views: readonly LazyView[]): void {
    for (const view of views) {
      if (this.asked.has(view)) continue;
      this.asked.add(view);
      sources[view]().catch(() => {
        this.asked.delete(view);
        this.failed();
      });
    }
  }
}
