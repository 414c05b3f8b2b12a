import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { icon } from "../icon";
import { observers, observes, type State } from "../state";

/** Who looks on is never hidden: one line, as long as they are here. */
export function observing(state: State): TemplateResult | typeof nothing {
  const others = observers(state).map((member) => member.name);
  const self = observes(state);
  if (others.length === 0 && !self) return nothing;
  const words = self
    ? t("observe.you")
    : t("observe.others", { count: others.length, names: others.join(", ") });
  return html`<p class="observing" data-observing>${icon("observe")}<span>${words}</span></p>`;
}
