/**
 * The carets and selections of the others, with their names; and where one's own is, for them.
 *
 * Colours are classes (`hue-0` … `hue-11`, from the person's name, as on their chip): the page's policy
 * allows no style attribute in markup, which is what y-codemirror.next's own cursors write.
 */

import { type Extension, type Range, StateEffect } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { ySyncAnnotation } from "y-codemirror.next";
import * as Y from "yjs";
import { hue } from "../person";
import type { Presence } from "./presence";
import type { NotesSession } from "./session";

const othersMoved = StateEffect.define<null>();

class CaretWidget extends WidgetType {
  constructor(
    private readonly name: string,
    /** Changes when the person moves: a new element shows its name afresh. */
    private readonly moved: string,
  ) {
    super();
  }

  override eq(other: CaretWidget): boolean {
    return other.name === this.name && other.moved === this.moved;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `notes-caret hue-${hue(this.name)}`;
    // Spoken they would only interrupt the sentence they stand in.
    caret.setAttribute("aria-hidden", "true");
    const flag = document.createElement("span");
    flag.className = "notes-caret-name";
    flag.textContent = this.name;
    // The word joiners keep the browser's own caret on the right side of the widget.
    caret.append("\u2060", flag, "\u2060");
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** Where a relative position is now, within the text that the editor shows. */
function placeOf(position: Y.RelativePosition, text: Y.Text, length: number): number | null {
  if (!text.doc) return null;
  const place = Y.createAbsolutePositionFromRelativePosition(position, text.doc);
  return place?.type === text ? Math.min(place.index, length) : null;
}

function decorate(session: NotesSession, name: (id: string) => string, length: number): DecorationSet {
  const found: Range<Decoration>[] = [];
  for (const { id, cursor } of session.presence.others()) {
    if (!cursor) continue;
    const anchor = placeOf(cursor.anchor, session.text, length);
    const head = placeOf(cursor.head, session.text, length);
    if (anchor === null || head === null) continue;
    const person = name(id);
    if (anchor !== head) {
      const mark = Decoration.mark({ class: `notes-selection hue-${hue(person)}` });
      found.push(mark.range(Math.min(anchor, head), Math.max(anchor, head)));
    }
    const widget = new CaretWidget(person, JSON.stringify(cursor.head));
    found.push(Decoration.widget({ widget, side: head > anchor ? -1 : 1 }).range(head));
  }
  return Decoration.set(found, true);
}

/** Publishes one's own selection and typing. */
function tell(presence: Presence, text: Y.Text, update: ViewUpdate): void {
  const { view, state, docChanged, selectionSet, focusChanged } = update;
  const mine =
    docChanged && !update.transactions.some((transaction) => transaction.annotation(ySyncAnnotation));
  if (mine) presence.typed();
  if (!mine && !selectionSet && !focusChanged) return;
  const { anchor, head } = state.selection.main;
  presence.move(
    view.hasFocus
      ? {
          anchor: Y.createRelativePositionFromTypeIndex(text, anchor),
          head: Y.createRelativePositionFromTypeIndex(text, head),
        }
      : null,
  );
}

/** Stands after the extension that keeps the text in step: positions are of both. */
export function cursors(session: NotesSession, name: (id: string) => string): Extension {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      private readonly stop: () => void;
      private gone = false;

      constructor(view: EditorView) {
        this.decorations = decorate(session, name, view.state.doc.length);
        this.stop = session.presence.onChange(() => {
          // Others may vanish while the editor is busy: a failed send ends the connection.
          queueMicrotask(() => {
            if (!this.gone) view.dispatch({ effects: othersMoved.of(null) });
          });
        });
      }

      update(update: ViewUpdate): void {
        tell(session.presence, session.text, update);
        const moved = update.transactions.some((transaction) =>
          transaction.effects.some((effect) => effect.is(othersMoved)),
        );
        if (moved || update.docChanged) {
          this.decorations = decorate(session, name, update.state.doc.length);
        }
      }

      destroy(): void {
        this.gone = true;
        this.stop();
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}
