import { html } from "lit";
import { state as own, property } from "lit/decorators.js";
import type { Call } from "../call";
import { t } from "../i18n";
import type { State } from "../state";
import { LightElement } from "./element";

let coming: Promise<unknown> | null = null;

/** Fetches the views of small rooms, once; tries again after a failure. */
export function fetchApartViews(): Promise<unknown> {
  coming ??= import("./apart-views").catch((error: unknown) => {
    coming = null;
    throw error;
  });
  return coming;
}

/** The small rooms as whoever leads sees them: there as soon as they have been fetched. */
export class SmallRooms extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @own() private view: "coming" | "here" | "failed" = "coming";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    this.view = "coming";
    try {
      await fetchApartViews();
      this.view = "here";
    } catch {
      this.view = "failed";
    }
  }

  protected override render() {
    if (this.view === "here")
      return html`<apart-panel .call=${this.call} .state=${this.state}></apart-panel>`;
    if (this.view === "coming") return html`<p class="apart" role="status"><span class="spinner"></span></p>`;
    return html`<div class="apart" role="alert">
      <p>${t("apart.failed")}</p>
      <button class="button" type="button" @click=${() => void this.load()}>${t("again")}</button>
    </div>`;
  }
}

customElements.define("small-rooms", SmallRooms);
