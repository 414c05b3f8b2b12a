import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import type { Advice, Quality } from "../protocol";

/**
 * Three bars; their words come on focus, on hover and to screen readers. One's own say what to do. With
 * `details` they are a button that opens the figures.
 */
export function qualityBars(
  quality: Quality,
  self: boolean,
  advice: Advice | null,
  details?: () => void,
): TemplateResult | typeof nothing {
  if (quality === "unknown") return nothing;
  const helps = self && quality === "poor" && advice !== null;
  const words = t(helps ? `advice.${advice}` : `${self ? "quality.own" : "quality"}.${quality}`);
  if (details !== undefined) {
    return html`<button
      class="quality"
      type="button"
      aria-label=${t("quality.open", { words })}
      data-tip=${words}
      data-quality=${quality}
      @click=${details}
    >
      <span></span><span></span><span></span>
    </button>`;
  }
  return html`<span
    class="quality"
    role="img"
    tabindex="0"
    aria-label=${words}
    data-tip=${words}
    data-quality=${quality}
    ><span></span><span></span><span></span
  ></span>`;
}
