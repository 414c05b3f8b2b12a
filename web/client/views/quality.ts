import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import type { Advice, Quality } from "../protocol";

/** Three bars; their words come on focus, on hover and to screen readers. One's own say what to do. */
export function qualityBars(
  quality: Quality,
  self: boolean,
  advice: Advice | null,
): TemplateResult | typeof nothing {
  if (quality === "unknown") return nothing;
  const helps = self && quality === "poor" && advice !== null;
  const words = t(helps ? `advice.${advice}` : `${self ? "quality.own" : "quality"}.${quality}`);
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
