import { html, type TemplateResult } from "lit";
import { t } from "../i18n";
import { icon } from "../icon";
import type { PanelName } from "../state";

/** The frame of a side panel (a sheet from below on a narrow screen). One is open at a time. */
export function panel(
  name: PanelName,
  open: boolean,
  close: () => void,
  content: TemplateResult,
): TemplateResult {
  return html`<aside class="panel" data-panel=${name} ?hidden=${!open} aria-labelledby="panel-${name}">
    <header class="panel-head">
      <h2 id="panel-${name}" tabindex="-1">${t(`panel.${name}`)}</h2>
      <button
        class="button quiet icon-only"
        type="button"
        aria-label=${t(`panel.${name}-close`)}
        data-panel-close
        @click=${close}
      >
        ${icon("close")}
      </button>
    </header>
    <div class="panel-body">${content}</div>
  </aside>`;
}
