import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Call } from "../call";
import type { Details } from "../details";
import { t } from "../i18n";
import { icon } from "../icon";
import type { State } from "../state";
import {
  asText,
  lineWords,
  lostWords,
  pair,
  rate,
  receivedWords,
  sentWords,
  sourceWords,
  waysWords,
} from "./details-words";
import { LightElement } from "./element";

/** One's own connection in figures, new every 2 s while this is on screen. */
export class DetailsPanel extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @property({ attribute: false }) say: (text: string) => void = () => undefined;
  @state() private details: Details | null = null;
  @state() private copied: "details.copied" | "details.not-copied" | null = null;

  /** Only now is it known whose they are: the element may be there before its script. */
  protected override firstUpdated(): void {
    this.call.details.start((details) => {
      this.details = details;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.call.details.stop();
  }

  private readonly nameOf = (id: string): string =>
    this.state.members.find((member) => member.id === id)?.name ?? t("details.somebody");

  private async copy(details: Details): Promise<void> {
    try {
      await navigator.clipboard.writeText(asText(details, this.nameOf, new Date()));
      this.copied = "details.copied";
    } catch {
      // No clipboard without https, or not allowed: what is on screen can be marked.
      this.copied = "details.not-copied";
    }
    this.say(t(this.copied));
  }

  protected override render() {
    const { details } = this;
    return html`<div class="figures-panel" tabindex="-1">
      <p class="muted">${t("details.text")}</p>
      ${details === null ? html`<p data-details-wait>${t("details.wait")}</p>` : this.tables(details)}
    </div>`;
  }

  private tables(details: Details): TemplateResult {
    return html`
      <table class="figures" data-figures="line">
        <caption class="visually-hidden">${t("details.line")}</caption>
        <tbody>
          ${lineWords(details).map(
            ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
          )}
        </tbody>
      </table>
      <table class="figures" data-figures="ways">
        <caption class="visually-hidden">${t("details.ways")}</caption>
        <thead>
          <tr><td></td><th scope="col">${t("details.sent")}</th><th scope="col">${t("details.received")}</th></tr>
        </thead>
        <tbody>
          ${waysWords(details).map(
            ([name, sent, received]) =>
              html`<tr><th scope="row">${name}</th><td>${sent}</td><td>${received}</td></tr>`,
          )}
        </tbody>
      </table>
      ${details.sends.length > 0 ? this.sends(details) : nothing}
      ${details.receives.length > 0 ? this.receives(details) : nothing}
      <div class="figures-copy">
        <button class="button" type="button" data-details-copy @click=${() => void this.copy(details)}>
          ${icon("copy")}<span>${t("details.copy")}</span>
        </button>
        <span data-details-copied>${this.copied === null ? nothing : t(this.copied)}</span>
      </div>`;
  }

  private sends(details: Details): TemplateResult {
    return html`<h3>${t("details.sends")}</h3>
      <table class="figures" data-figures="sends">
        <thead>
          <tr>
            <th scope="col">${t("details.what")}</th>
            <th scope="col">${t("details.rate")}</th>
            <th scope="col">${t("details.to")}</th>
          </tr>
        </thead>
        <tbody>
          ${details.sends.map(
            (each) => html`<tr>
              <th scope="row">${sourceWords(each.source)}<span class="figures-more">${sentWords(each)}</span></th>
              <td>${rate(each.bitrate)}</td>
              <td>${each.receivers}</td>
            </tr>`,
          )}
        </tbody>
      </table>`;
  }

  private receives(details: Details): TemplateResult {
    return html`<h3>${t("details.receives")}</h3>
      <table class="figures" data-figures="receives">
        <thead>
          <tr>
            <th scope="col">${t("details.whose")}</th>
            <th scope="col">${t("details.rate")}</th>
            <th scope="col">${t("details.lost")}</th>
          </tr>
        </thead>
        <tbody>
          ${details.receives.map(
            (each) => html`<tr data-member=${each.member} data-source=${each.source}>
              <th scope="row">
                ${this.nameOf(each.member)}<span class="figures-more"
                  >${pair(sourceWords(each.source), receivedWords(each))}</span
                >
              </th>
              <td>${rate(each.bitrate)}</td>
              <td>${lostWords(each)}</td>
            </tr>`,
          )}
        </tbody>
      </table>`;
  }
}

customElements.define("details-panel", DetailsPanel);
