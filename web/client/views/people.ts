import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../i18n";
import { icon } from "../icon";
import { hue, initials } from "../person";
import type { Guest, Member } from "../protocol";
import { canKeep, qualityOf } from "../stage";
import { myself, others, type State } from "../state";
import { qualityBars } from "./quality";

/** Who is here, and who has a link but has not come. `details` opens the connection's figures, `keep` shows one large. */
export function people(
  state: State,
  details: () => void,
  keep: (member: string | null) => void,
): TemplateResult {
  const here = [myself(state), ...others(state)];
  const away = state.room.guests.filter((guest) => !here.some((member) => member.id === guest.id));
  return html`<div class="people">
    <ul class="people-list" role="list">
      ${repeat(
        here,
        (member) => member.id,
        (member) => present(state, member, details, keep),
      )}
    </ul>
    ${
      away.length > 0
        ? html`<h3 class="people-heading">${t("people.away")}</h3>
            <ul class="people-list" role="list">
              ${repeat(
                away,
                (guest) => guest.id,
                (guest) => html`<li class="people-row away">${person(guest)}</li>`,
              )}
            </ul>`
        : nothing
    }
  </div>`;
}

function present(
  state: State,
  member: Member,
  details: () => void,
  keep: (member: string | null) => void,
): TemplateResult {
  const self = member.id === state.me.id;
  const speaking = state.speaker === member.id && member.microphone;
  const quality = qualityOf(state, member);
  return html`<li class="people-row" data-member=${member.id} data-speaking=${speaking}>
    ${person(member, self)}
    <span class="people-state">
      ${member.screen ? mark("screen", t("people.shares")) : nothing}
      ${mark(member.microphone ? "microphone" : "microphone-off", t(member.microphone ? "tile.microphone-on" : "tile.microphone-off"))}
      ${mark(member.camera ? "camera" : "camera-off", t(member.camera ? "tile.camera-on" : "tile.camera-off"))}
      ${qualityBars(quality, self, state.advice, details)}
      ${self || !canKeep(state) ? nothing : keepButton(member, state.kept === member.id, keep)}
    </span>
  </li>`;
}

function keepButton(member: Member, kept: boolean, keep: (member: string | null) => void): TemplateResult {
  return html`<button
    class="button quiet icon-only"
    type="button"
    data-keep
    aria-pressed=${kept}
    aria-label=${t("people.keep", { name: member.name })}
    data-tip=${t(kept ? "people.kept" : "people.keep-short")}
    @click=${() => keep(kept ? null : member.id)}
  >
    ${icon(kept ? "unpin" : "pin")}
  </button>`;
}

function person(guest: Guest, self = false): TemplateResult {
  return html`<span class="person hue-${hue(guest.name)}">
    <span class="initials" aria-hidden="true">${initials(guest.name)}</span>
    <span class="person-text"
      ><span class="person-name">${self ? t("tile.you", { name: guest.name }) : guest.name}</span
      ><span class="person-role">${t(`role.${guest.role}`)}</span></span
    >
  </span>`;
}

function mark(name: Parameters<typeof icon>[0], words: string): TemplateResult {
  return html`<span class="people-mark" title=${words}>${icon(name)}<span class="visually-hidden">${words}</span></span>`;
}
