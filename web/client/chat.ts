/** The chat's own part of the reducer, and what a line is made of. Pure. */

import type { ChatLine, ChatLines, Said } from "./protocol";
import type { ChatState } from "./state";

/** How long (ms) somebody is shown as writing after their last word of it. */
export const TYPING_FOR = 4_000;

/** Lines that were asked for: earlier ones go in front, each line once. */
export function fetched(chat: ChatState, message: ChatLines): ChatState {
  return { ...chat, lines: merged([...message.lines, ...chat.lines]), more: message.more };
}

/** A line that was just written. `open`: it is read at once. */
export function said(chat: ChatState, { line, key }: Said, own: boolean, open: boolean): ChatState {
  const known = chat.lines.some((each) => each.id === line.id);
  const { [line.member]: _, ...typing } = chat.typing;
  return {
    ...chat,
    lines: known ? chat.lines : merged([...chat.lines, line]),
    unread: own || open || known ? chat.unread : chat.unread + 1,
    typing,
    sent: key == null ? chat.sent : chat.sent.filter((each) => each.key !== key),
  };
}

/** Lines on their way were not taken, or nobody knows: what was typed goes back, and nothing is lost. */
export function returned(chat: ChatState): ChatState {
  if (chat.sent.length === 0) return chat;
  const text = chat.sent.map((each) => each.text).join("\n");
  const reply = chat.sent.at(-1)?.reply ?? null;
  return { ...chat, sent: [], back: { count: chat.back.count + 1, text, reply } };
}

/** Another room has a chat of its own; what is on its way stays so until the server has taken or refused it. */
export function moved(chat: ChatState, room: string): ChatState {
  const lines = chat.lines.filter((line) => (line.room ?? "") === room);
  return { ...chat, lines, more: null, unread: 0, typing: {} };
}

function merged(lines: readonly ChatLine[]): readonly ChatLine[] {
  const once = new Map(lines.map((line) => [line.id, line]));
  return [...once.values()].sort((one, two) => one.at_ms - two.at_ms);
}

/** A piece of a line: text, or an address that can be followed. */
export type Piece = { readonly text: string; readonly href: string | null };

const address = /\bhttps?:\/\/[^\s<>"'`]+/g;

/** The text cut at addresses; what ends a sentence is not part of one. Only http and https are addresses. */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(address)) {
    const href = match[0].replace(/[.,;:!?)\]}»”’]+$/u, "");
    if (!URL.canParse(href)) continue;
    if (match.index > at) found.push({ text: text.slice(at, match.index), href: null });
    found.push({ text: href, href });
    at = match.index + href.length;
  }
  if (at < text.length) found.push({ text: text.slice(at), href: null });
  return found;
}
