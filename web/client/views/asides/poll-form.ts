import { html, nothing, type TemplateResult } from "lit";
import { state as own, property } from "lit/decorators.js";
import type { Call } from "../../call";
import { t } from "../../i18n";
import { icon } from "../../icon";
import { pollId } from "../../polls";
import type { Poll } from "../../protocol";
import { LightElement } from "../element";
import { question } from "./ballot";

const LONGEST_QUESTION = 300;
const LONGEST_CHOICE = 120;
const MOST_CHOICES = 8;

/** A question as it is being written. */
interface Draft {
  readonly id: string | null;
  readonly question: string;
  readonly choices: readonly string[];
  readonly several: boolean;
  readonly anonymous: boolean;
}

const nothingYet: Draft = { id: null, question: "", choices: ["", ""], several: false, anonymous: false };

/** Where whoever leads writes a question down, looks at it as the others will, and asks it. */
export class PollForm extends LightElement {
  @property({ attribute: false }) call!: Call;
  @own() private open = false;
  @own() private previewing = false;
  @own() private draft: Draft = nothingYet;
  @own() private problem: "question" | "choices" | null = null;

  /** Goes on with a draft, or begins a new poll like this one (`id` null). */
  take(poll: Poll, id: string | null): void {
    const { choices, several, anonymous } = poll;
    this.draft = { id, question: poll.question, choices, several, anonymous };
    this.begin();
  }

  protected override render() {
    if (!this.open) {
      return html`<button class="button primary" type="button" data-poll-new @click=${() => this.begin()}>
        ${icon("add")}${t("poll.new")}
      </button>`;
    }
    return html`<form class="poll-form stack" novalidate @submit=${(event: Event) => this.send(event, true)}>
      ${this.previewing ? this.preview() : this.fields()}
      <div class="row">
        <button class="button primary" data-poll-ask>${t("poll.ask")}</button>
        <button class="button" type="button" data-poll-keep @click=${(event: Event) => this.send(event, false)}>${t("poll.keep")}</button>
        <button class="button quiet" type="button" data-poll-preview @click=${() => this.look()}>${t(this.previewing ? "poll.write" : "poll.preview")}</button>
        <button class="button quiet" type="button" data-poll-cancel @click=${() => this.end()}>${t("poll.cancel")}</button>
      </div>
    </form>`;
  }

  private fields(): TemplateResult {
    const { draft, problem } = this;
    return html`<div class="field">
        <label for="poll-question">${t("poll.question")}</label>
        <input class="input" id="poll-question" maxlength=${LONGEST_QUESTION} autocomplete="off" .value=${draft.question}
          aria-invalid=${problem === "question" ? "true" : nothing} aria-describedby=${problem === "question" ? "poll-problem" : nothing}
          @input=${(event: Event) => this.change({ question: (event.target as HTMLInputElement).value })} />
        ${problem === "question" ? html`<p class="error" id="poll-problem">${t("error.poll-question")}</p>` : nothing}
      </div>
      <fieldset class="poll-options stack">
        <legend>${t("poll.choices")}</legend>
        ${draft.choices.map((choice, index) => this.choice(choice, index))}
        ${problem === "choices" ? html`<p class="error" id="poll-problem">${t("error.poll-choices")}</p>` : nothing}
        ${
          draft.choices.length < MOST_CHOICES
            ? html`<button class="button quiet" type="button" data-poll-more @click=${() => this.more()}>${icon("add")}${t("poll.more")}</button>`
            : nothing
        }
      </fieldset>
      ${this.box("several", t("poll.allow-several"))} ${this.box("anonymous", t("poll.make-anonymous"))}
      <p class="help">${t(draft.anonymous ? "poll.anonymous-help" : "poll.named-help")}</p>`;
  }

  private choice(choice: string, index: number): TemplateResult {
    const { length } = this.draft.choices;
    return html`<div class="poll-option">
      <input class="input" maxlength=${LONGEST_CHOICE} autocomplete="off" data-choice=${index} aria-label=${t("poll.choice", { number: index + 1 })}
        aria-describedby=${this.problem === "choices" ? "poll-problem" : nothing} .value=${choice}
        @input=${(event: Event) => this.write(index, (event.target as HTMLInputElement).value)} />
      ${
        length > 2
          ? html`<button class="button quiet icon-only" type="button" aria-label=${t("poll.less", { number: index + 1 })} @click=${() => this.less(index)}>${icon("close")}</button>`
          : nothing
      }
    </div>`;
  }

  private box(name: "several" | "anonymous", words: string): TemplateResult {
    return html`<label class="check"><input type="checkbox" data-poll-option=${name} .checked=${this.draft[name]}
        @change=${(event: Event) => this.change({ [name]: (event.target as HTMLInputElement).checked })} />${words}</label>`;
  }

  /** As the others will see it. */
  private preview(): TemplateResult {
    const choices = this.draft.choices.filter((choice) => choice.trim() !== "");
    const { several, anonymous } = this.draft;
    const by = this.call.state.me.id;
    const poll: Poll = {
      id: "preview",
      question: this.draft.question,
      choices,
      several,
      anonymous,
      by,
      status: "draft",
      at_ms: 0,
      voters: 0,
      counts: null,
      shown: false,
    };
    return html`<div class="poll-preview">${question(poll, null, "preview")}</div>`;
  }

  private begin(): void {
    this.open = true;
    this.previewing = false;
    this.problem = null;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#poll-question")?.focus());
  }

  private end(): void {
    this.open = false;
    this.draft = nothingYet;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-poll-new]")?.focus());
  }

  private look(): void {
    this.previewing = !this.previewing && this.check();
  }

  private change(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
    this.problem = null;
  }

  private write(index: number, text: string): void {
    this.change({ choices: this.draft.choices.map((each, at) => (at === index ? text : each)) });
  }

  private more(): void {
    this.change({ choices: [...this.draft.choices, ""] });
    this.focusChoice(this.draft.choices.length - 1);
  }

  private less(index: number): void {
    this.change({ choices: this.draft.choices.filter((_, at) => at !== index) });
    this.focusChoice(Math.max(0, index - 1));
  }

  private focusChoice(index: number): void {
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-choice="${index}"]`)?.focus());
  }

  /** What the server would refuse is said at its field, and nothing that was typed is lost. */
  private check(): boolean {
    const choices = this.draft.choices.map((choice) => choice.trim()).filter((choice) => choice !== "");
    const fit = choices.length >= 2 && new Set(choices).size === choices.length;
    this.problem = this.draft.question.trim() === "" ? "question" : fit ? null : "choices";
    if (this.problem === null) return true;
    this.previewing = false;
    const field = this.problem === "question" ? "#poll-question" : "[data-choice]";
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(field)?.focus());
    return false;
  }

  private send(event: Event, ask: boolean): void {
    event.preventDefault();
    if (!this.check()) return;
    const { question, choices, several, anonymous } = this.draft;
    // Once it was sent, sending it again writes the same poll.
    const poll = this.draft.id ?? pollId(Math.random);
    this.draft = { ...this.draft, id: poll };
    if (
      this.call.features.asides.ask({ type: "poll-draft", poll, question, choices, several, anonymous, ask })
    )
      this.end();
  }
}

customElements.define("poll-form", PollForm);
