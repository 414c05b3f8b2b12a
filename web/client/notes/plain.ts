/** The notes in a plain textarea: a fifth of the editor's weight, for slow links and old devices. */

import * as Y from "yjs";
import { TextareaBinding } from "./binding";
import { Chrome } from "./chrome";
import { bold, type Command, newline, toggleDone } from "./commands";
import { sessionOver } from "./session";
import type { MountOptions, NotesModule, NotesView } from "./types";

/** How often at most one's caret is told to the others: seldom, the link may be slow. */
const CARET_MS = 600;

export const mountNotes: NotesModule["mountNotes"] = (options: MountOptions): NotesView => {
  const { t } = options;
  const session = sessionOver(options);
  const area = document.createElement("textarea");
  area.className = "notes-area";
  area.dataset.notesPlain = "";
  area.placeholder = t("notes.empty");
  area.setAttribute("aria-label", t("notes.label"));
  area.setAttribute("aria-description", t("notes.keys"));
  area.autocapitalize = "sentences";
  area.spellcheck = true;
  const binding = new TextareaBinding(area, session.text, session.undo);

  const run = (command: Command): boolean => {
    if (area.readOnly) return false;
    const backward = area.selectionDirection === "backward";
    const [start, end] = [area.selectionStart, area.selectionEnd];
    const change = command(area.value, { anchor: backward ? end : start, head: backward ? start : end });
    if (!change) return false;
    binding.command(change.edits, change.select);
    session.presence.typed();
    moved();
    return true;
  };
  const moved = (): void => {
    const { anchor, head } = binding.selected();
    const focused = document.activeElement === area;
    const place = (at: number) => Y.createRelativePositionFromTypeIndex(session.text, at);
    session.presence.move(focused ? { anchor: place(anchor), head: place(head) } : null);
  };
  const chrome = new Chrome(options, session, "plain", {
    run: (command) => void run(command),
    focus: () => area.focus(),
  });

  area.addEventListener("compositionstart", () => binding.compose(true));
  area.addEventListener("compositionend", () => binding.compose(false));
  area.addEventListener("input", () => {
    const outcome = binding.input();
    if (outcome === "too-long" || outcome === "full") options.say(t(`notes.${outcome}`));
    if (outcome === "shared") session.presence.typed();
    moved();
  });
  // The browser's own history knows nothing of what others wrote in between.
  area.addEventListener("beforeinput", (event) => {
    if (event.inputType === "historyUndo") session.undo.undo();
    else if (event.inputType === "historyRedo") session.undo.redo();
    else return;
    event.preventDefault();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") event.stopPropagation();
    if (!event.isComposing && pressed(event, run, session.undo)) event.preventDefault();
  });
  area.addEventListener("focus", moved);
  area.addEventListener("blur", moved);
  const selectionMoved = (): void => {
    if (document.activeElement === area) moved();
  };
  document.addEventListener("selectionchange", selectionMoved);

  const canWrite = (): void => {
    area.readOnly = !session.ready || options.reads === true;
    area.hidden = !session.ready;
  };
  const stop = session.onChange(canWrite);
  canWrite();
  chrome.page.append(area);
  session.presence.open(CARET_MS);
  chrome.settle();
  return {
    get state() {
      return session.state;
    },
    focus: () => area.focus(),
    settled: (timeout_ms) => session.settled(timeout_ms),
    destroy() {
      stop();
      document.removeEventListener("selectionchange", selectionMoved);
      session.presence.close();
      binding.destroy();
      chrome.destroy();
    },
  };
};

/** What a key means here; true when it was one of ours, its usual effect then being unwanted. */
function pressed(event: KeyboardEvent, run: (command: Command) => boolean, undo: Y.UndoManager): boolean {
  const mod = (event.ctrlKey || event.metaKey) && !event.altKey;
  const key = event.key.toLowerCase();
  if (key === "enter" && mod) return run(toggleDone);
  if (key === "enter" && !event.shiftKey) return run(newline);
  if (!mod) return false;
  if (key === "b") run(bold);
  else if (key === "y" || (key === "z" && event.shiftKey)) undo.redo();
  else if (key === "z") undo.undo();
  else return false;
  return true;
}
