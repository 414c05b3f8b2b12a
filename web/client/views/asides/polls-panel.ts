import { html, nothing, type TemplateResult } from "lit";
import { state as own, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Call } from "../../call";
import { t } from "../../i18n";
import { icon } from "../../icon";
import type { Poll, PollAct } from "../../protocol";
import { leads, type State } from "../../state";
import { LightElement } from "../element";
import { notes, outcome, turnout } from "./ballot";
import { keepFocusNear } from "./focus";
import "./poll-form";
import type { PollForm } from "./poll-form";

/** All polls of the session: their results, and for whoever leads what is to be asked. */
export class PollsPanel extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  /** The one that this person has just deleted. */
  @own() private deleted: Poll | null = null;

  constructor() {
    super();
    keepFocusNear(this, ["h3", "[data-poll-new]"], ".poll-entry");
  }

  protected override render() {
    const { polls } = this.state;
    const shown = [...polls.list].reverse();
    return html`<div class="polls">
      ${leads(this.state) ? html`<poll-form .call=${this.call}></poll-form>` : nothing}
      ${this.undo()}
      ${
        shown.length === 0
          ? html`<div class="empty">${icon("poll")}<h3>${t("poll.none")}</h3>
              <p>${t(leads(this.state) ? "poll.none-lead" : "poll.none-text")}</p></div>`
          : html`<ol class="poll-list" role="list">
              ${repeat(
                shown,
                (poll) => poll.id,
                (poll) => this.entry(poll),
              )}
            </ol>`
      }
    </div>`;
  }

  private entry(poll: Poll): TemplateResult {
    return html`<li class="poll-entry" data-poll=${poll.id} data-status=${poll.status}>
      <h3 tabindex="-1">${poll.question}</h3>
      <p class="small muted"><span class="badge ${poll.status === "open" ? "ok" : ""}">${t(`poll.status-${poll.status}`)}</span> ${notes(poll)}</p>
      ${
        poll.status === "draft"
          ? html`<ul class="poll-choices">${poll.choices.map((choice) => html`<li>${choice}</li>`)}</ul>`
          : html`${outcome(this.state, poll)}<p class="small muted">${turnout(this.state, poll)}</p>`
      }
      <div class="row">${this.named(poll)}${leads(this.state) ? this.acts(poll) : nothing}</div>
    </li>`;
  }

  /** Who answered what, where that is no secret. */
  private named(poll: Poll): TemplateResult | typeof nothing {
    const known = this.state.polls.voters[poll.id] !== undefined;
    if (poll.anonymous || poll.status === "draft" || poll.counts == null || poll.voters === 0 || known)
      return nothing;
    return html`<button class="button quiet" type="button" data-poll-voters @click=${() => this.call.features.asides.ask({ type: "voters-wanted", poll: poll.id })}>
      ${t("poll.who")}
    </button>`;
  }

  private acts(poll: Poll): TemplateResult {
    switch (poll.status) {
      case "draft":
        return html`${this.button(poll, "open", t("poll.ask"), "primary")}
          <button class="button" type="button" data-poll-edit @click=${() => this.edit(poll, poll.id)}>${t("poll.edit")}</button>
          ${this.deletion(poll)}`;
      case "open":
        return this.button(poll, "close", t("poll.close"));
      case "closed":
        return html`${poll.shown ? this.button(poll, "hide", t("poll.hide")) : this.button(poll, "show", t("poll.show"))}
          <button class="button quiet" type="button" data-poll-again @click=${() => this.edit(poll, null)}>${t("poll.again")}</button>
          ${this.deletion(poll)}`;
    }
  }

  private button(poll: Poll, act: PollAct, words: string, look = ""): TemplateResult {
    return html`<button class="button ${look}" type="button" data-poll-do=${act} @click=${() => this.call.features.asides.ask({ type: "poll-do", poll: poll.id, act })}>
      ${words}
    </button>`;
  }

  private deletion(poll: Poll): TemplateResult {
    return html`<button class="button quiet icon-only" type="button" data-poll-do="delete" aria-label=${t("poll.delete", { question: poll.question })} data-tip=${t("poll.delete-short")} @click=${() => this.deletes(poll)}>
      ${icon("remove")}
    </button>`;
  }

  private deletes(poll: Poll): void {
    if (!this.call.features.asides.ask({ type: "poll-do", poll: poll.id, act: "delete" })) return;
    this.deleted = poll;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-poll-undo]")?.focus());
  }

  private undo(): TemplateResult | typeof nothing {
    const { deleted } = this;
    if (deleted === null) return nothing;
    return html`<p class="banner" role="status"><span>${t("poll.deleted", { question: deleted.question })}</span>
      <button class="button quiet" type="button" data-poll-undo @click=${() => this.restore(deleted)}>${icon("undo")}${t("poll.undo")}</button>
    </p>`;
  }

  private restore(poll: Poll): void {
    if (this.call.features.asides.ask({ type: "poll-do", poll: poll.id, act: "restore" }))
      this.deleted = null;
  }

  private edit(poll: Poll, id: string | null): void {
    this.querySelector<PollForm>("poll-form")?.take(poll, id);
  }
}

customElements.define("polls-panel", PollsPanel);
