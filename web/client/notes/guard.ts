/**
 * What may enter the document from CodeMirror: whole characters, "\n" line ends, nothing longer than an
 * update can carry. CodeMirror compares the page's text by code units when an input method or a spelling
 * correction has changed it, so an emoji replaced by a similar one arrives as half a pair.
 */

import { EditorState, type Extension, type Text, type TransactionSpec } from "@codemirror/state";
import { ySyncAnnotation } from "y-codemirror.next";
import { boundaryAfter, boundaryBefore, type Refusal, refusal, tidy } from "./text";

const before = (doc: Text, at: number): number => {
  const line = doc.lineAt(at);
  return line.from + boundaryBefore(line.text, at - line.from);
};

const after = (doc: Text, at: number): number => {
  const line = doc.lineAt(at);
  return line.from + boundaryAfter(line.text, at - line.from);
};

/** `refused` is called when an insertion was too long, or would make the notes so, and has been left out. */
export function guard(refused: (why: Refusal) => void): Extension {
  return [
    // Positions in Y.Text count "\r" as any character; CodeMirror must not take it for a line end.
    EditorState.lineSeparator.of("\n"),
    EditorState.transactionFilter.of((transaction) => {
      if (!transaction.docChanged || transaction.annotation(ySyncAnnotation)) return transaction;
      const old = transaction.startState.doc;
      let longest = 0;
      let clean = true;
      let first = Number.POSITIVE_INFINITY;
      let last = 0;
      transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
        const insert = inserted.sliceString(0, inserted.length, "\n");
        longest = Math.max(longest, insert.length);
        first = Math.min(first, before(old, from));
        last = Math.max(last, after(old, to));
        clean &&= before(old, from) === from && after(old, to) === to && tidy(insert) === insert;
      });
      const why = refusal(longest, old.length, transaction.newDoc.length);
      if (why !== null) {
        refused(why);
        return [];
      }
      if (clean) return transaction;
      const grown = transaction.newDoc.length - old.length;
      const insert = tidy(transaction.newDoc.sliceString(first, last + grown, "\n"));
      const kept = insert.length === last - first + grown;
      const mended: TransactionSpec = {
        changes: { from: first, to: last, insert },
        selection: kept ? transaction.newSelection : { anchor: first + insert.length },
        scrollIntoView: transaction.scrollIntoView,
      };
      return [mended];
    }),
  ];
}
