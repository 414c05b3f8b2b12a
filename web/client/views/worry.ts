import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { t } from "../i18n";
import { icon } from "../icon";
import { type Readers, WorryLine } from "../worry";
import { LightElement } from "./element";

/** Saying what worries: who will read it, the words, and one button. What is typed stays until it is stored. */
export class WorryDialog extends LightElement {
  @property({ attribute: false }) line!: WorryLine;
  @state() private readers: Readers | null = null;
  @state() private text = "";
  @state() private stage: "writing" | "sending" | "saved" = "writing";
  @state() private problem: string | null = null;

  async show(): Promise<void> {
    if (this.stage === "saved") {
      this.stage = "writing";
      this.text = "";
    }
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
    this.readers ??= await this.line.readers();
  }

  protected override render() {
    return html`<dialog class="dialog worry" aria-labelledby="worry-title">
      <h2 id="worry-title">${t("worry.title")}</h2>
      ${this.stage === "saved" ? this.saved() : this.form()}
    </dialog>`;
  }

  private form(): TemplateResult {
    const wrong = this.problem !== null;
    return html`<form class="stack" @submit=${(event: Event) => this.submit(event)} novalidate>
      <p>${this.who()}</p>
      <div class="field">
        <label for="worry-text">${t("worry.label")}</label>
        <textarea
          class="input"
          id="worry-text"
          rows="5"
          .value=${this.text}
          aria-invalid=${wrong ? "true" : nothing}
          aria-describedby=${wrong ? "worry-problem" : nothing}
          @input=${(event: Event) => {
            this.text = (event.target as HTMLTextAreaElement).value;
          }}
          @keydown=${(event: Event) => event.stopPropagation()}
        ></textarea>
        ${
          wrong
            ? html`<p class="error" id="worry-problem" role="alert">${icon("alert")}${t(`worry.${this.problem}`)}</p>`
            : nothing
        }
      </div>
      <div class="dialog-actions">
        <button class="button" type="button" @click=${() => this.close()}>${t("worry.later")}</button>
        <button class="button primary" data-worry-send aria-busy=${this.stage === "sending" ? "true" : nothing}>
          ${t("worry.send")}
        </button>
      </div>
    </form>`;
  }

  private who(): string {
    const { readers } = this;
    return readers === null ? t("worry.who-unknown") : t(`worry.to-${readers.to}`, { names: readers.names });
  }

  private saved(): TemplateResult {
    return html`<p role="status" data-worry-saved tabindex="-1">${t("worry.saved")}</p>
      <div class="dialog-actions">
        <button class="button primary" type="button" @click=${() => this.close()}>${t("dialog.close")}</button>
      </div>`;
  }

  private close(): void {
    this.querySelector("dialog")?.close();
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.stage === "sending") return;
    this.stage = "sending";
    this.problem = await this.line.say(this.text);
    this.stage = this.problem === null ? "saved" : "writing";
    await this.updateComplete;
    this.querySelector<HTMLElement>(this.problem === null ? "[data-worry-saved]" : "#worry-text")?.focus();
  }
}

customElements.define("worry-dialog", WorryDialog);

/** Opens the form over `host`; there is one a page, which keeps what was typed. */
export function openWorry(host: HTMLElement, token: string): void {
  let dialog = host.querySelector<WorryDialog>("worry-dialog");
  if (dialog === null) {
    dialog = new WorryDialog();
    dialog.line = new WorryLine(token);
    host.append(dialog);
  }
  void dialog.show();
}
