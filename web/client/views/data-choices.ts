import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Call } from "../call";
import { ladderSentence, MEGABYTE, rungs, size, typedBudget, usedShare } from "../data";
import { t } from "../i18n";
import { icon } from "../icon";
import type { Rung } from "../protocol";
import type { State } from "../state";
import { LightElement } from "./element";

/** How good the call should be at best, and how much data it may take; what it takes, live. */
export class DataChoices extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @state() private typed: string | null = null;
  @state() private wrong = false;

  private get language(): string {
    return document.documentElement.lang;
  }

  protected override render() {
    const { ladder, usage } = this.state;
    return html`<div class="stack">
      ${ladder === null || !this.state.entered ? nothing : html`<p data-rung-now=${ladder.rung}>${ladderSentence(ladder)}</p>`}
      ${usage === null || usage.sent + usage.received === 0 ? nothing : this.used()}
      <fieldset class="choices" ?disabled=${!this.state.joined}>
        <legend>${t("data.best")}</legend>
        <div class="choice-grid rungs">${this.choice(null)} ${rungs.map((rung) => this.choice(rung))}</div>
      </fieldset>
      ${this.budget()}
    </div>`;
  }

  private choice(rung: Rung | null): TemplateResult {
    const pinned = this.state.ladder?.pinned ?? null;
    const bytes = rung === null ? undefined : this.call.bytesPerHour[rung];
    return html`<label class="choice">
      <input
        type="radio"
        name="rung"
        value=${rung ?? "auto"}
        .checked=${pinned === rung}
        @change=${() => this.call.pin(rung)}
      />
      <span class="choice-card">
        <span class="choice-title">${t(rung === null ? "data.auto" : `rung.${rung}`)}</span>
        ${
          bytes === undefined
            ? nothing
            : html`<span class="choice-text">${t("data.per-hour", { size: size(bytes, this.language) })}</span>`
        }
      </span>
    </label>`;
  }

  private budget(): TemplateResult {
    const stored = this.state.usage?.budget ?? null;
    const value = this.typed ?? (stored === null ? "" : String(stored / MEGABYTE));
    return html`<div class="field">
      <label for="data-budget">${t("data.budget")}</label>
      <p class="help" id="data-budget-help">${t("data.budget-help")}</p>
      <input
        class="input"
        id="data-budget"
        inputmode="numeric"
        autocomplete="off"
        maxlength="7"
        .value=${value}
        ?disabled=${!this.state.joined}
        aria-invalid=${this.wrong ? "true" : nothing}
        aria-describedby=${this.wrong ? "data-budget-help data-budget-error" : "data-budget-help"}
        @input=${(event: Event) => {
          this.typed = (event.target as HTMLInputElement).value;
          this.wrong = false;
        }}
        @change=${() => this.commit()}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== "Enter") return;
          // In the green room Enter would join.
          event.preventDefault();
          this.commit();
        }}
      />
      ${
        this.wrong
          ? html`<p class="error" id="data-budget-error" role="alert">${icon("alert")}${t("data.budget-wrong")}</p>`
          : nothing
      }
    </div>`;
  }

  private commit(): void {
    if (this.typed === null) return;
    const found = typedBudget(this.typed);
    this.wrong = found === "wrong";
    if (found === "wrong") return;
    this.call.setBudget(found);
    this.typed = null;
  }

  private used(): TemplateResult {
    const { usage } = this.state;
    if (usage === null) return html``;
    const words = (bytes: number) => size(bytes, this.language);
    const share = usedShare(usage);
    const used = usage.sent + usage.received;
    const left = usage.budget === null ? null : Math.max(0, usage.budget - used);
    return html`<div class="data-used" data-used=${used}>
      <p>
        ${left === null ? t("data.used", { used: words(used) }) : t("data.left", { used: words(used), left: words(left) })}
        <span class="muted">${t("data.rate", { size: words(usage.per_hour) })}</span>
      </p>
      ${
        share === null
          ? nothing
          : html`<progress class="progress" max="1" .value=${share} aria-label=${t("data.share")}></progress>`
      }
    </div>`;
  }
}

customElements.define("data-choices", DataChoices);
