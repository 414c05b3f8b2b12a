import { html } from "lit";
import { property } from "lit/decorators.js";
import type { Call } from "../call";
import { t } from "../i18n";
import { shortcuts } from "../shortcuts";
import { canPart, type State } from "../state";
import { LightElement } from "./element";

/** The keyboard's shortcuts, and whether they act at all: speech control types letters without meaning them. */
export class ShortcutHelp extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;

  show(): void {
    this.querySelector("dialog")?.showModal();
  }

  protected override render() {
    return html`<dialog class="dialog" aria-labelledby="help-title">
      <h2 id="help-title">${t("help.title")}</h2>
      <p class="muted">${t("help.text")}</p>
      <dl class="help-keys">
        ${Object.entries(shortcuts)
          .filter(([, act]) => act !== "apart" || canPart(this.state))
          .filter(([, act]) => act !== "next-visitor" || this.state.queue !== null)
          .map(
            ([key, act]) =>
              html`<div><dt><kbd>${key.toUpperCase()}</kbd></dt><dd>${t(`help.${act}`)}</dd></div>`,
          )}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          .checked=${this.state.shortcuts}
          @change=${(event: Event) =>
            this.call.store.dispatch({
              type: "shortcuts",
              shortcuts: (event.target as HTMLInputElement).checked,
            })}
        />${t("help.use")}</label
      >
      <form class="dialog-actions" method="dialog"><button class="button primary">${t("dialog.close")}</button></form>
    </dialog>`;
  }
}

customElements.define("shortcut-help", ShortcutHelp);
