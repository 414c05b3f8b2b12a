/** Opens the notes in the panel: fetches the view that suits the person and the link, and changes it. */

import type { NotesMode, NotesModule, NotesOptions, NotesState, NotesView, OpenNotes } from "./types";

const MODE = "compagnon.notes.mode";

/** The person's last choice; without one, the plain view where the browser says that the link is poor. */
function likely(): NotesMode {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(MODE);
  } catch {
    // No storage: nothing was chosen.
  }
  if (chosen === "rich" || chosen === "plain") return chosen;
  const { connection } = navigator as { connection?: { saveData?: boolean; effectiveType?: string } };
  const poor = connection?.saveData === true || /2g/.test(connection?.effectiveType ?? "");
  return poor ? "plain" : "rich";
}

function remember(mode: NotesMode): void {
  try {
    localStorage.setItem(MODE, mode);
  } catch {
    // No storage: the choice lasts as long as the page.
  }
}

const load = (mode: NotesMode): Promise<NotesModule> =>
  mode === "rich" ? import("./editor") : import("./plain");

/** The view asked for, or the lighter one where that can't be had and there is none yet. */
async function fetchView(
  mode: NotesMode,
  strict: boolean,
): Promise<{ mode: NotesMode; module: NotesModule } | null> {
  try {
    return { mode, module: await load(mode) };
  } catch {
    return mode === "rich" && !strict ? fetchView("plain", true) : null;
  }
}

export function openNotes(options: NotesOptions): OpenNotes {
  const { host, t } = options;
  let mode = options.mode ?? likely();
  let view: NotesView | null = null;
  let ready: Promise<void> = Promise.resolve();
  let closed = false;
  let wanted = 0;

  const tell = (key: string, retry?: () => void): void => {
    const words = document.createElement("p");
    words.className = "notes-loading";
    words.textContent = t(key);
    host.replaceChildren(words);
    if (!retry) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = t("notes.load.again");
    button.addEventListener("click", retry);
    words.after(button);
  };

  const show = async (next: NotesMode, takeFocus: boolean): Promise<void> => {
    wanted += 1;
    const mine = wanted;
    if (!view) tell("notes.loading");
    const loaded = await fetchView(next, view !== null);
    if (closed || mine !== wanted) return;
    if (!loaded) {
      // The view that is there goes on; only a first one that can't be had leaves the panel empty.
      if (view) options.say(t("notes.load.failed"));
      else tell("notes.load.failed", () => begin(next, true));
      return;
    }
    if (loaded.mode !== next) options.say(t("notes.load.plain"));
    view?.destroy();
    host.replaceChildren();
    mode = loaded.mode;
    view = loaded.module.mountNotes({
      ...options,
      switchMode: (other) => {
        remember(other);
        begin(other, true);
      },
    });
    if (takeFocus) view.focus();
  };
  const begin = (next: NotesMode, takeFocus: boolean): void => {
    ready = show(next, takeFocus);
  };

  begin(mode, false);
  return {
    get mode() {
      return mode;
    },
    get state(): NotesState {
      return view?.state ?? (options.transport.connected ? "saving" : "offline");
    },
    get ready() {
      return ready;
    },
    focus() {
      if (view) view.focus();
      else void ready.then(() => view?.focus());
    },
    settled: async (timeout_ms) => (view ? view.settled(timeout_ms) : true),
    close() {
      closed = true;
      view?.destroy();
      view = null;
      host.replaceChildren();
    },
  };
}
