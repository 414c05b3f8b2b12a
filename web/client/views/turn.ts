import { html, nothing, type TemplateResult } from "lit";
import { boxPrompt, boxTitle } from "../boxes";
import { t } from "../i18n";
import type { Timer } from "../protocol";
import type { State } from "../state";
import { clockText, type TurnView } from "../timer";

/** What a box is called; with its round where the agenda is gone through several times. */
export function boxName(timer: Timer, index = timer.index): string {
  const box = timer.boxes[index];
  if (box === undefined) return "";
  const name = boxTitle(box);
  const rounds = timer.boxes.some((each) => each.round > 0);
  return rounds ? t("timer.round", { round: box.round + 1, box: name }) : name;
}

/** The question or the invitation of the current box. */
export function prompt(timer: Timer): string {
  const box = timer.boxes[timer.index];
  return box === undefined ? "" : boxPrompt(box);
}

/** What a press on "next" does: on to the next speaker, or to another whom the round is about. */
export const turnWord = (timer: Timer): string =>
  timer.boxes[timer.index]?.speaks === "turns" ? "turn.next" : "turn.other";

/** Who speaks now, in words for this person. */
export function turnWords(state: State, turn: TurnView): string {
  const own = turn.member === state.me.id;
  const name = state.members.find((member) => member.id === turn.member)?.name ?? "";
  if (state.timer?.boxes[state.timer.index]?.queue)
    return own ? t("queue.turn") : t("queue.visiting", { name });
  const about = turn.count === 1 && turn.remaining === null;
  if (!turn.speaks) return own ? t("turn.listens-you") : t("turn.listens", { name });
  if (about) return own ? t("turn.about-you") : t("turn.about", { name });
  return own ? t("turn.speaks-you") : t("turn.speaks", { name });
}

/** Whose turn it is, which one of how many, and what is left of it. */
export function turnLine(state: State, turn: TurnView | null): TemplateResult | typeof nothing {
  if (turn === null) return nothing;
  const left = turn.remaining;
  return html`<p class="turn" data-turn=${turn.member} data-own=${turn.member === state.me.id}>
    <strong>${turnWords(state, turn)}</strong>
    ${turn.count > 1 ? html`<span class="muted">${t("turn.place", { place: turn.place, count: turn.count })}</span>` : nothing}
    ${
      left === null
        ? nothing
        : html`<span class="tabular ${left < 0 ? "turn-over" : "muted"}">${t(left < 0 ? "turn.over" : "turn.left", { time: clockText(left).replace("+", "") })}</span>`
    }
  </p>`;
}
