/** List and action items in the editor: hanging lines, boxes to tick, owners that stand out. */

import { type Extension, type Range, RangeSet } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { actionItem, ownerAt } from "./commands";
import type { NotesPerson, Translate } from "./types";

const BULLET = /^(\s*)(?:[-*+]|\d{1,9}[.)]) /;

class BoxWidget extends WidgetType {
  constructor(
    private readonly done: boolean,
    private readonly label: string,
  ) {
    super();
  }

  override eq(other: BoxWidget): boolean {
    return other.done === this.done && other.label === this.label;
  }

  override toDOM(view: EditorView): HTMLElement {
    const box = document.createElement("span");
    box.className = "notes-box";
    box.setAttribute("role", "checkbox");
    box.setAttribute("aria-checked", String(this.done));
    box.setAttribute("aria-label", this.label);
    box.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const { from, text } = view.state.doc.lineAt(view.posAtDOM(box));
      const item = actionItem(text);
      if (!item || view.state.readOnly) return;
      const at = from + item.box + 1;
      view.dispatch({ changes: { from: at, to: at + 1, insert: item.done ? " " : "x" } });
    });
    return box;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

interface Drawn {
  all: DecorationSet;
  /** The boxes: the caret steps over them, and deleting takes them whole. */
  boxes: DecorationSet;
}

function draw(view: EditorView, t: Translate, names: readonly string[]): Drawn {
  const all: Range<Decoration>[] = [];
  const boxes: Range<Decoration>[] = [];
  for (const visible of view.visibleRanges) {
    for (let at = visible.from; at <= visible.to; ) {
      const line = view.state.doc.lineAt(at);
      at = line.to + 1;
      const bullet = BULLET.exec(line.text);
      if (!bullet) continue;
      const indent = Math.min(Math.floor((bullet[1]?.length ?? 0) / 2), 4);
      const item = actionItem(line.text);
      const kind = item ? `notes-todo${item.done ? " notes-done" : ""}` : "notes-item";
      all.push(Decoration.line({ class: `${kind} notes-indent-${indent}` }).range(line.from));
      const start = line.from + (bullet[1]?.length ?? 0);
      if (!item) {
        all.push(Decoration.mark({ class: "notes-bullet" }).range(start, line.from + bullet[0].length));
        continue;
      }
      const label = t(item.done ? "notes.box.done" : "notes.box.open");
      const widget = Decoration.replace({ widget: new BoxWidget(item.done, label) });
      boxes.push(widget.range(start, line.from + item.words));
      const owner = ownerAt(line.text, item.words, names);
      if (owner) {
        const from = line.from + item.words;
        all.push(Decoration.mark({ class: "notes-owner" }).range(from, from + 1 + owner.name.length));
      }
    }
  }
  return { all: Decoration.set([...all, ...boxes], true), boxes: RangeSet.of(boxes, true) };
}

export function items(t: Translate, guests: () => readonly NotesPerson[]): Extension {
  const names = (): string[] => guests().map((guest) => guest.name);
  return ViewPlugin.fromClass(
    class {
      drawn: Drawn;

      constructor(view: EditorView) {
        this.drawn = draw(view, t, names());
      }

      update(update: ViewUpdate): void {
        if (update.docChanged || update.viewportChanged) this.drawn = draw(update.view, t, names());
      }
    },
    {
      decorations: (plugin) => plugin.drawn.all,
      provide: (plugin) =>
        EditorView.atomicRanges.of((view) => view.plugin(plugin)?.drawn.boxes ?? RangeSet.empty),
    },
  );
}
