/**
 * The editor's look, in CodeMirror's own style sheet because it has to overrule what stands there. Colours
 * are the page's properties, so light and dark follow without a word here.
 */

import { EditorView } from "@codemirror/view";

const LEVELS = [0, 1, 2, 3, 4];

/** Lines that hang behind their bullet or box; each level of a list further in. */
const hanging = Object.fromEntries(
  LEVELS.flatMap((level) =>
    [
      ["item", 1.1],
      ["todo", 1.7],
    ].map(([kind, width]) => [
      `.cm-line.notes-${kind}.notes-indent-${level}`,
      {
        paddingInlineStart: `calc(var(--edge) + ${Number(width) + level * 0.8}em)`,
        textIndent: `-${width}em`,
      },
    ]),
  ),
);

export const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", "--edge": "var(--space-4)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "inherit",
    fontSize: "var(--text-m)",
    lineHeight: "1.6",
    overflowY: "auto",
    overscrollBehavior: "contain",
    scrollbarWidth: "thin",
  },
  ".cm-content": { padding: "var(--space-4) 0 var(--space-6)", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 var(--edge)" },
  ".cm-placeholder": { color: "var(--muted)", whiteSpace: "normal" },
  "::selection": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ...hanging,
  ".notes-bullet": { display: "inline-block", minWidth: "1.1em", textIndent: "0", color: "var(--muted)" },
  ".cm-line.notes-done": { color: "var(--muted)", textDecoration: "line-through" },
  ".notes-owner": { color: "var(--accent)", fontWeight: "600" },
  ".notes-done .notes-owner": { color: "inherit" },
  ".notes-box": {
    display: "inline-block",
    position: "relative",
    boxSizing: "border-box",
    width: "1.15em",
    height: "1.15em",
    marginInlineEnd: "0.55em",
    border: "2px solid var(--line)",
    borderRadius: "5px",
    backgroundColor: "var(--surface)",
    verticalAlign: "-0.2em",
    textIndent: "0",
    cursor: "pointer",
  },
  // A finger needs more than the box it sees.
  ".notes-box::before": { content: '""', position: "absolute", inset: "-8px" },
  ".notes-box[aria-checked=true]": { borderColor: "var(--ok)", backgroundColor: "var(--ok)" },
  ".notes-box[aria-checked=true]::after": {
    content: '""',
    position: "absolute",
    insetInlineStart: "0.28em",
    top: "0.06em",
    width: "0.22em",
    height: "0.5em",
    border: "solid var(--surface)",
    borderWidth: "0 2px 2px 0",
    transform: "rotate(45deg)",
  },
  ".notes-selection": { backgroundColor: "var(--chip-bg)" },
  ".notes-caret": {
    position: "relative",
    marginInline: "-1px",
    borderInlineStart: "2px solid var(--chip-ink)",
    textIndent: "0",
    pointerEvents: "none",
  },
  ".notes-caret-name": {
    position: "absolute",
    insetInlineStart: "-2px",
    bottom: "100%",
    zIndex: "5",
    padding: "0 0.45em",
    borderRadius: "6px 6px 6px 0",
    backgroundColor: "var(--chip-bg)",
    color: "var(--chip-ink)",
    fontFamily: "var(--font)",
    fontSize: "0.75rem",
    fontStyle: "normal",
    fontWeight: "600",
    lineHeight: "1.5",
    whiteSpace: "nowrap",
    textDecoration: "none",
    animation: "notes-caret-rest 150ms 4s forwards",
  },
  // On the first line there is no room above.
  ".cm-line:first-child .notes-caret-name": { bottom: "auto", top: "100%", borderRadius: "0 6px 6px 6px" },
  "@keyframes notes-caret-rest": { to: { opacity: "0" } },
  "@media (prefers-reduced-motion: reduce)": {
    ".notes-caret-name": { animationDuration: "0s" },
  },
});
