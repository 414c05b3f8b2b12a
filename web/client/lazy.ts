/** Views that nobody needs to begin to speak: fetched when they are first to be drawn, or once one is in. */

import { pollOnScreen } from "./polls";
import type { PanelName, State } from "./state";
import type { Timers } from "./timers";

const sources = {
  // Not needed to speak, but there as soon as one can: a line may be too poor later for all but words.
  company: () => import("./views/company"),
  details: () => import("./views/details-panel"),
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
  if (state.entered || state.panel === "chat" || state.panel === "people") found.push("company");
  if (state.panel === "details") found.push("details");
  if (state.panel === "polls" || pollOnScreen(state.polls) !== null) found.push("polls");
  if (state.mine.screen === "on" || state.members.some((member) => member.screen)) found.push("pointers");
  if (state.panel === "captions" || captionsOnScreen(state)) found.push("captions");
  if (state.queue !== null) found.push("desk");
  return found;
}

/** Which views a panel is drawn by. */
const panels: Partial<Record<PanelName, LazyView>> = {
  chat: "company",
  people: "company",
  details: "details",
  polls: "polls",
  captions: "captions",
};

/** A view that could not be fetched is tried again after this long (ms). */
const AGAIN = 5_000;

export class LazyViews {
  private readonly asked = new Set<LazyView>();

  /** `failed` is called with a view that could not be fetched, `again` when it is time to try once more. */
  constructor(
    private readonly timers: Timers,
    private readonly failed: (view: LazyView) => void,
    private readonly again: () => void,
    private readonly load: (view: LazyView) => Promise<unknown> = (view) => sources[view](),
  ) {}

  fetch(views: readonly LazyView[]): void {
    for (const view of views) {
      if (this.asked.has(view)) continue;
      this.asked.add(view);
      this.load(view).catch(() => {
        this.timers.after(AGAIN, () => {
          this.asked.delete(view);
          this.again();
        });
        this.failed(view);
      });
    }
  }
}

/** Whether a panel stays empty without this view: its person has to be told. */
export const leavesEmpty = (panel: PanelName | null, view: LazyView): boolean =>
  panel !== null && panels[panel] === view;
