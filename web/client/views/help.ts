import { html } from "lit";
import { t } from "../i18n";
import { shortcuts } from "../shortcuts";
import { LightElement } from "./element";

/** The keyboard's shortcuts. */
export class ShortcutHelp extends LightElement {
  show(): void {
    this.querySelector("dialog")?.showModal();
  }

  protected override render() {
    return html`<dialog class="dialog help" aria-labelledby="help-title">
      <h2 id="help-title">${t("help.title")}</h2>
      <p class="muted">${t("help.text")}</p>
      <dl class="help-keys">
        ${Object.entries(shortcuts).map(
          ([key, act]) =>
            html`<div><dt><kbd>${key.toUpperCase()}</kbd></dt><dd>${t(`help.${act}`)}</dd></div>`,
        )}
      </dl>
      <form class="dialog-actions" method="dialog"><button class="button primary">${t("dialog.close")}</button></form>
    </dialog>`;
  }
}

customElements.define("shortcut-help", ShortcutHelp);
