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
        ${again ? html`<button class="button quiet" type="button" @click=${() => call.devices.again()}>${t("again")}</button>` : nothing}
      </div>`,
    )}
  </div>`;
}

const marks = { ok: "connection", bad: "connection-off" } as const satisfies Record<string, IconName>;

/** The closer look, below the button to join, which must not move under a finger when it comes. */
export function closerLook(state: State, call: Call): TemplateResult {
  return html`<div class="checks" role="status">
    ${connectionCheck(state).state === "ok" ? probe(state, call) : nothing}
  </div>`;
}

/** Asked for, under way, or what it found. */
function probe({ probing }: State, call: Call): TemplateResult {
  const again = (key: string) =>
    html`<button class="button quiet" type="button" data-probe @click=${() => call.probeLine()}>${t(key)}</button>`;
  if (probing === null) return html`<div class="check-row" data-check="probe">${again("probe.start")}</div>`;
  if (probing.state === "running") {
    return html`<div class="check-row" data-check="probe" data-state="wait">
      <span class="spinner" aria-hidden="true"></span><span>${t("probe.running")}</span>
    </div>`;
  }
  if (probing.state === "failed") {
    return html`<div class="check-row" data-check="probe" data-state="bad">
      ${icon("alert")}<span>${t("probe.failed")}</span>${again("probe.again")}
    </div>`;
  }
  const { found, rung } = probing;
  const facts = [
    ...(found.down === null ? [] : [t("probe.down", { rate: megabits(found.down) })]),
    ...(found.up === null ? [] : [t("probe.up", { rate: megabits(found.up) })]),
    ...(found.loss === null ? [] : [t("probe.loss", { percent: Math.round(found.loss * 100) })]),
    ...(found.jitter_ms === null ? [] : [t("probe.jitter", { count: Math.round(found.jitter_ms) })]),
    ...(found.path === null ? [] : [found.path.toUpperCase()]),
    t("probe.spent", { size: decimal(found.spent / 1e6) }),
  ];
  return html`<div class="check-row" data-check="probe" data-state="found" data-rung=${rung}>
    ${icon("connection")}<span>${t(`probe.${rung}`)}<br /><small class="muted">${facts.join(" · ")}</small></span>
    ${again("probe.again")}
  </div>`;
}

const decimal = (value: number): string =>
  new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 2 }).format(value);

const megabits = (bitrate: number): string => decimal(bitrate / 1e6);
