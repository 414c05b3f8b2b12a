import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { icon } from "../icon";
import { observers, observes, type State } from "../state";

/** Who looks on is never hidden: a line each for oneself, for observers, and for players of the stream. */
export function observing(state: State): TemplateResult | typeof nothing {
  const others = observers(state).map((member) => member.name);
  const players = state.room.guests.filter(({ id }) => state.watchers.includes(id)).map(({ name }) => name);
  return html`${observes(state) ? line(t("observe.you")) : nothing}
  ${others.length > 0 ? line(t("observe.others", { count: others.length, names: others.join(", ") })) : nothing}
  ${players.length > 0 ? line(t("observe.players", { names: players.join(", ") })) : nothing}`;
}

const line = (words: string) =>
  html`<p class="observing" data-observing>${icon("observe")}<span>${words}</span></p>`;
