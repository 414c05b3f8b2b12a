/** The notes as a CodeMirror editor: Markdown shown as it is meant, carets of the others with their names. */

import { defaultKeymap } from "@codemirror/commands";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import { Chrome } from "./chrome";
import { bold, type Command, newline, toggleDone } from "./commands";
import { cursors } from "./cursors";
import { guard } from "./guard";
import { items } from "./items";
import { markdown } from "./markdown";
import { sessionOver } from "./session";
import { withConstructedSheets } from "./sheets";
import { theme } from "./theme";
import type { MountOptions, NotesModule, NotesView } from "./types";

/** How often at most one's caret is told to the others. */
const CARET_MS = 150;

function run(view: EditorView, command: Command): boolean {
  if (view.state.readOnly) return false;
  const { anchor, head } = view.state.selection.main;
  const change = command(view.state.sliceDoc(), { anchor, head });
  if (!change) return false;
  view.dispatch({
    changes: change.edits,
    selection: change.select,
    scrollIntoView: true,
    userEvent: "input",
  });
  return true;
}

export const mountNotes: NotesModule["mountNotes"] = (options: MountOptions): NotesView => {
  const { t, person } = options;
  const session = sessionOver(options);
  const writable = new Compartment();
  const writes = () => session.ready && options.reads !== true;
  const canWrite = () => [EditorState.readOnly.of(!writes()), EditorView.editable.of(writes())];
  let view: EditorView | null = null;
  const chrome = new Chrome(options, session, "rich", {
    run: (command) => void (view && run(view, command)),
    focus: () => view?.focus(),
  });
  const state = EditorState.create({
    doc: session.text.toString(),
    extensions: [
      guard((why) => options.say(t(`notes.${why}`))),
      Prec.high(
        keymap.of([
          { key: "Enter", run: (target) => run(target, newline) },
          { key: "Mod-b", run: (target) => run(target, bold), preventDefault: true },
          { key: "Mod-Enter", run: (target) => run(target, toggleDone) },
          ...yUndoManagerKeymap,
        ]),
      ),
      keymap.of(defaultKeymap),
      yCollab(session.text, null, { undoManager: session.undo }),
      cursors(session, (id) => person(id)?.name ?? ""),
      EditorView.lineWrapping,
      markdown,
      items(t, options.guests),
      placeholder(t("notes.empty")),
      theme,
      writable.of(canWrite()),
      EditorView.contentAttributes.of({
        // Editable content is a tab stop anyway; written out, checkers of accessibility see it too.
        tabindex: "0",
        "aria-label": t("notes.label"),
        "aria-description": t("notes.keys"),
        spellcheck: "true",
        autocapitalize: "sentences",
        autocorrect: "on",
      }),
    ],
  });
  const editor = withConstructedSheets(() => new EditorView({ parent: chrome.page, state }));
  view = editor;
  // Keys of the text are not the room's shortcuts.
  chrome.page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") event.stopPropagation();
  });
  const stop = session.onChange(() => {
    if (editor.state.readOnly === writes()) editor.dispatch({ effects: writable.reconfigure(canWrite()) });
  });
  session.presence.open(CARET_MS);
  chrome.settle();
  return {
    get state() {
      return session.state;
    },
    focus: () => editor.focus(),
    settled: (timeout_ms) => session.settled(timeout_ms),
    destroy() {
      stop();
      session.presence.close();
      editor.destroy();
      chrome.destroy();
    },
  };
};
