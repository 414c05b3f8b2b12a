/** Short messages over the stage that leave by themselves. */

import type { Toast } from "./state";
import type { Store } from "./store";
import type { Timers } from "./timers";

/** Long enough to read (ms): news is short, a problem says what to do. */
const SHOWN_FOR = { info: 4_000, problem: 9_000 };

export type Toasting = (
  key: string,
  values?: Readonly<Record<string, string | number>>,
  kind?: Toast["kind"],
) => void;

/** What shows a message of the catalogues for a while. */
export function toasting(store: Store, timers: Timers): Toasting {
  let last = 0;
  return (key, values = {}, kind = "info") => {
    const id = ++last;
    store.dispatch({ type: "toast", toast: { id, key, values, kind } });
    timers.after(SHOWN_FOR[kind], () => store.dispatch({ type: "toast-over", id }));
  };
}
