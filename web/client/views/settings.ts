import { html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import type { Call } from "../call";
import { t } from "../i18n";
import type { State } from "../state";
import { LightElement } from "./element";
import "./device-choices";
import "./mic-level";

/** Devices, during the call. */
export class DeviceSettings extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @state() private open = false;

  async show(): Promise<void> {
    this.open = true;
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
  }

  protected override render() {
    return html`<dialog
      class="dialog"
      aria-labelledby="settings-title"
      @close=${() => {
        this.open = false;
      }}
    >
      <h2 id="settings-title">${t("devices.title")}</h2>
      ${this.open ? this.content() : nothing}
      <form class="dialog-actions" method="dialog"><button class="button primary">${t("dialog.close")}</button></form>
    </dialog>`;
  }

  private content() {
    const { call, state } = this;
    const microphone = call.sources.track("microphone");
    return html`<div class="stack">
      <device-choices .call=${call} .version=${`${microphone?.id}${call.sources.track("camera")?.id}`}></device-choices>
      <mic-level .track=${state.mine.microphone === "on" ? microphone : null}></mic-level>
    </div>`;
  }
}

customElements.define("device-settings", DeviceSettings);
