import { html, nothing, type TemplateResult } from "lit";
import { type Banner, bannerOf } from "../banners";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import type { State } from "../state";

/** One sentence about the connection, with a way on; nothing when all is well. */
export function banner(state: State, call: Call): TemplateResult | typeof nothing {
  const shown = bannerOf(state);
  if (shown === null) return nothing;
  return html`<div class="banner ${shown.tone}" data-banner=${shown.key}>
    ${shown.waits ? html`<span class="spinner" aria-hidden="true"></span>` : icon(shown.icon)}
    <span>${t(shown.sentence ?? `banner.${shown.key}`)}</span>
    ${
      shown.act === null
        ? nothing
        : html`<button class="button quiet" type="button" @click=${() => run(shown, call)}>
            ${t(`banner.${shown.key}-act`)}
          </button>`
    }
  </div>`;
}

function run(shown: Banner, call: Call): void {
  switch (shown.act) {
    case "reconnect":
      call.wake();
      break;
    case "media":
      call.retryMedia();
      break;
    case "sound":
      call.hearing.unblock();
      break;
    case "camera-off":
      call.devices.setCamera(false);
      break;
    default:
  }
}
