import { html, nothing, type TemplateResult } from "lit";
import type { Call } from "../call";
import { connectionCheck, deviceTroubles } from "../check";
import { t } from "../i18n";
import { type IconName, icon } from "../icon";
import type { State } from "../state";

/** What to know before joining, in plain words: the connection, and devices that could not be used. */
export function checks(state: State, call: Call): TemplateResult {
  const media = connectionCheck(state);
  const troubles = deviceTroubles(state);
  return html`<div class="checks" role="status">
    <div class="check-row" data-check="media" data-state=${media.state}>
      ${media.state === "wait" ? html`<span class="spinner" aria-hidden="true"></span>` : icon(marks[media.state])}
      <span>${t(media.key)}</span>
      ${
        media.state === "ok" && state.roundTrip !== null
          ? html`<small class="muted tabular" title=${t("check.round-trip")}
              >${t("check.milliseconds", { count: Math.max(1, Math.round(state.roundTrip)) })}</small
            >`
          : nothing
      }
      ${
        media.state === "bad"
          ? html`<button class="button quiet" type="button" @click=${() => call.retryMedia()}>${t("again")}</button>`
          : nothing
      }
    </div>
    ${troubles.map(
      ({ source, key, again }) => html`<div class="check-row" data-check=${source} data-state="bad">
        ${icon("alert")}<span>${t(key)}</span>
        ${again ? html`<button class="button quiet" type="button" @click=${() => call.retryDevices()}>${t("again")}</button>` : nothing}
      </div>`,
    )}
  </div>`;
}

const marks = { ok: "connection", bad: "connection-off" } as const satisfies Record<string, IconName>;
