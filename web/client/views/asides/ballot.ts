/** One poll as people see it: the question with its choices, or what came of it. */

import { html, nothing, type TemplateResult } from "lit";
import { t } from "../../i18n";
import { answered, type Result, results } from "../../polls";
import type { Poll } from "../../protocol";
import type { State } from "../../state";

/** Choices that are being made, before they are sent. */
export interface Marking {
  readonly marked: readonly number[];
  mark(marked: readonly number[]): void;
}

/** The question as one answers it. Without a marking it can be looked at only. */
export function question(poll: Poll, marking: Marking | null, where: string): TemplateResult {
  const marked = marking?.marked ?? [];
  return html`<fieldset class="ballot" ?disabled=${marking === null}>
    <legend>${poll.question}</legend>
    <p class="small muted">${notes(poll)}</p>
    ${poll.choices.map(
      (choice, index) => html`<label class="check">
        <input
          type=${poll.several ? "checkbox" : "radio"}
          name="${where}-${poll.id}"
          value=${index}
          .checked=${marked.includes(index)}
          @change=${(event: Event) =>
            marking?.mark(marks(marked, index, poll.several, (event.target as HTMLInputElement).checked))}
        /><span>${choice}</span></label
      >`,
    )}
  </fieldset>`;
}

function marks(before: readonly number[], index: number, several: boolean, on: boolean): readonly number[] {
  const others = several ? before.filter((each) => each !== index) : [];
  return on ? [...others, index] : others;
}

/** How one may answer, and who learns of it. */
export function notes(poll: Poll): string {
  return [
    t(poll.several ? "poll.several" : "poll.single"),
    t(poll.anonymous ? "poll.anonymous" : "poll.named"),
  ].join(" ");
}

/** What came of it so far, or in the end. */
export function outcome(state: State, poll: Poll): TemplateResult | typeof nothing {
  const found = results(poll, answered(state.polls, poll));
  if (found === null) return nothing;
  const names = state.polls.voters[poll.id];
  return html`<ul class="poll-results" role="list">
    ${found.map((result, index) => row(state, result, names?.[index]))}
  </ul>`;
}

function row(state: State, result: Result, voters: readonly string[] | undefined): TemplateResult {
  const { choice, count, percent, own } = result;
  return html`<li class="poll-result" data-own=${own}>
    <span class="poll-choice">${choice}${own ? html` <span class="badge ok">${t("poll.yours")}</span>` : nothing}</span>
    <span class="tabular">${t("poll.count", { count, percent })}</span>
    <meter min="0" max="100" .value=${percent} aria-hidden="true"></meter>
    ${voters && voters.length > 0 ? html`<span class="small muted">${voters.map((id) => nameOf(state, id)).join(", ")}</span>` : nothing}
  </li>`;
}

/** How many have answered, of those who are here. */
export function turnout(state: State, poll: Poll): string {
  const here = Math.max(state.members.filter((member) => member.role !== "observer").length, poll.voters);
  return poll.status === "open"
    ? t("poll.turnout", { count: poll.voters, here })
    : t("poll.voters", { count: poll.voters });
}

/** Whoever has a link, here or not. */
export function nameOf(state: State, id: string): string {
  return called(state, id).here;
}

/** What somebody is called on this page, and by everybody. */
export function called(state: State, id: string): { readonly here: string; readonly name: string } {
  const found =
    state.members.find((each) => each.id === id) ?? state.room.guests.find((each) => each.id === id);
  const name = found?.name ?? "";
  return { here: id === state.me.id ? t("chat.you") : name, name };
}
