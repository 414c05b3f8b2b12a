import { html } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../i18n";
import { LightElement } from "./element";

/** One key should not end a call by mistake: the shortcut asks, the button doesn't. */
export class LeaveDialog extends LightElement {
  @property({ attribute: false }) leave: () => void = () => undefined;

  show(): void {
    this.querySelector("dialog")?.showModal();
  }

  protected override render() {
    return html`<dialog class="dialog" aria-labelledby="leave-title">
      <h2 id="leave-title">${t("leave.title")}</h2>
      <p class="muted">${t("leave.text")}</p>
      <form class="dialog-actions" method="dialog">
        <button class="button">${t("leave.stay")}</button>
        <button class="button danger primary" type="button" data-leave-now @click=${() => this.leave()}>${t("control.leave")}</button>
      </form>
    </dialog>`;
  }
}

customElements.define("leave-dialog", LeaveDialog);
