import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state as own, property } from "lit/decorators.js";
import type { Call } from "../../call";
import { t } from "../../i18n";
import { icon } from "../../icon";
import { answered, pollOnScreen } from "../../polls";
import type { Poll, PollAct } from "../../protocol";
import { leads, observes, type State } from "../../state";
import { LightElement } from "../element";
import { nameOf, outcome, question, turnout } from "./ballot";
import { keepFocusNear } from "./focus";

/** The poll over the stage: answered here, watched here, and put aside by whoever wants to see what is behind it. */
export class PollCard extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @own() private marked: readonly number[] | null = null;
  /** Polls that this person has put aside, as they were then. */
  @own() private aside: ReadonlySet<string> = new Set();
  private shown: string | null = null;

  constructor() {
    super();
    keepFocusNear(this, ["[data-poll-change]", "[data-poll-aside]", "[data-poll-pill]"]);
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    const poll = pollOnScreen(this.state.polls);
    if (poll?.id !== this.shown) this.marked = null;
    this.shown = poll?.id ?? null;
    const before = changes.get("state") as State | undefined;
    if (before === undefined || poll === null) return;
    // An answer that has come back from the server is not being changed any more.
    if (answered(before.polls, poll) !== answered(this.state.polls, poll)) this.marked = null;
  }

  protected override render() {
    const poll = pollOnScreen(this.state.polls);
    if (poll === null) return nothing;
    if (this.aside.has(look(poll))) return this.pill(poll);
    const answer = answered(this.state.polls, poll);
    const votes = poll.status === "open" && (answer.length === 0 || this.marked !== null);
    return html`<section class="poll-card" aria-label=${t("poll.card")} data-poll=${poll.id} data-status=${poll.status}>
      <header class="poll-head">
        <p class="small muted">${this.heading(poll)}</p>
        <button class="button quiet icon-only" type="button" data-poll-aside aria-label=${t("poll.aside")} @click=${() => this.putAside(poll)}>
          ${icon("close")}
        </button>
      </header>
      ${votes ? this.vote(poll, answer) : this.watch(poll)}
      <footer class="poll-foot">
        <span class="small muted" data-turnout>${turnout(this.state, poll)}</span>
        ${leads(this.state) ? this.lead(poll) : nothing}
      </footer>
    </section>`;
  }

  private heading(poll: Poll): string {
    if (poll.status === "closed") return t("poll.result");
    return poll.by === this.state.me.id
      ? t("poll.you-ask")
      : t("poll.asks", { name: nameOf(this.state, poll.by) });
  }

  private vote(poll: Poll, answer: readonly number[]): TemplateResult {
    if (observes(this.state)) return question(poll, null, "card");
    const marked = this.marked ?? answer;
    return html`<form @submit=${(event: Event) => this.send(event, poll, marked)}>
      ${question(
        poll,
        {
          marked,
          mark: (chosen) => {
            this.marked = chosen;
          },
        },
        "card",
      )}
      ${leads(this.state) && this.state.panel !== "polls" ? outcome(this.state, poll) : nothing}
      <button class="button primary wide" data-poll-vote ?disabled=${marked.length === 0}>${t("poll.answer")}</button>
    </form>`;
  }

  private watch(poll: Poll): TemplateResult {
    const open = poll.status === "open";
    return html`<h2 class="poll-question">${poll.question}</h2>
      ${outcome(this.state, poll)}
      ${open && poll.counts == null ? html`<p class="small">${t("poll.few")}</p>` : nothing}
      ${
        open
          ? html`<button class="button" type="button" data-poll-change @click=${() => this.change(poll)}>
              ${t("poll.change")}
            </button>`
          : nothing
      }`;
  }

  private lead(poll: Poll): TemplateResult {
    const act: PollAct = poll.status === "open" ? "close" : "hide";
    return html`<button class="button ${act === "close" ? "" : "quiet"}" type="button" data-poll-do=${act} @click=${() => this.call.features.asides.ask({ type: "poll-do", poll: poll.id, act })}>
      ${t(act === "close" ? "poll.close" : "poll.hide")}
    </button>`;
  }

  /** It can be taken out again. */
  private pill(poll: Poll): TemplateResult {
    return html`<button class="button poll-pill" type="button" data-poll-pill @click=${() => this.takeOut()}>
      ${icon("poll")}<span>${poll.question}</span>
    </button>`;
  }

  private putAside(poll: Poll): void {
    this.aside = new Set([...this.aside, look(poll)]);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-poll-pill]")?.focus());
  }

  private takeOut(): void {
    this.aside = new Set();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-poll-aside]")?.focus());
  }

  private change(poll: Poll): void {
    this.marked = answered(this.state.polls, poll);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("input:checked")?.focus());
  }

  private send(event: Event, poll: Poll, choices: readonly number[]): void {
    event.preventDefault();
    if (choices.length === 0) return;
    if (
      this.call.features.asides.ask({ type: "poll-vote", poll: poll.id, choices }) &&
      same(choices, answered(this.state.polls, poll))
    ) {
      this.marked = null;
    }
  }
}

/** A poll that was put aside comes back with its result. */
const look = (poll: Poll): string => `${poll.id} ${poll.status}`;

const same = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each));

customElements.define("poll-card", PollCard);
