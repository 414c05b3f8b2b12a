import { html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../i18n";
import type { State } from "../state";

/** Short messages that leave by themselves. The live region has said them already. */
export function toasts(state: State): TemplateResult {
  return html`<div class="toasts room-toasts" aria-hidden="true">
    ${repeat(
      state.toasts,
      (toast) => toast.id,
      (toast) =>
        html`<div class="toast" data-toast=${toast.kind}><span>${t(toast.key, toast.values)}</span></div>`,
    )}
  </div>`;
}
