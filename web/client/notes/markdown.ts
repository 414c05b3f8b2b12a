/** Markdown as it is shown in the editor: sizes and weights for what it means, marks kept but quiet. */

import { defineLanguageFacet, HighlightStyle, Language, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";
import { Autolink, parser, Strikethrough, TaskList } from "@lezer/markdown";

const language = new Language(
  defineLanguageFacet(),
  parser.configure([TaskList, Strikethrough, Autolink]),
  [],
  "markdown",
);

const style = HighlightStyle.define([
  { tag: tags.heading1, fontSize: "1.5em", fontWeight: "650", lineHeight: "1.3" },
  { tag: tags.heading2, fontSize: "1.25em", fontWeight: "650", lineHeight: "1.35" },
  { tag: [tags.heading3, tags.heading4, tags.heading5, tags.heading6], fontWeight: "650" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: tags.quote, color: "var(--muted)", fontStyle: "italic" },
  { tag: tags.monospace, fontFamily: "ui-monospace, monospace", fontSize: "0.92em" },
  // The marks themselves (#, **, -, >): there, because the text is Markdown, but quiet.
  { tag: [tags.processingInstruction, tags.contentSeparator], color: "var(--muted)", fontWeight: "400" },
]);

export const markdown: Extension = [language.extension, syntaxHighlighting(style)];
