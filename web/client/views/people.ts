import { html, nothing, type TemplateResult } from "lit";
import { state as own, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { MAIN, numberOf, roomOf } from "../apart";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import { hue, initials } from "../person";
import type { Guest, Member, Moderation } from "../protocol";
import { canKeep, qualityOf } from "../stage";
import { canPart, leads, leadsByRight, myself, officeHours, others, type State, talkShare } from "../state";
import { LightElement } from "./element";
import "./member-menu";
import { qualityBars } from "./quality";

/** Who waits, who is here with hands in their order, who has a link but has not come; and what a facilitator can do. */
export class PeoplePanel extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  /** Opens the figures of one's own connection. */
  @property({ attribute: false }) details: () => void = () => undefined;
  /** Whom the question is about, before somebody is removed. */
  @own() private removing: Guest | null = null;

  protected override render() {
    const { state } = this;
    const here = inOrder(state);
    const away = state.room.guests.filter((guest) => !here.some((member) => member.id === guest.id));
    const waiting = new Set(state.floor.waiting.map((guest) => guest.id));
    const inLine = new Set(state.queue?.line.map((visitor) => visitor.id));
    return html`<div class="people">
      ${state.queue === null ? nothing : html`<queue-list .call=${this.call} .state=${state}></queue-list>`}
      ${leads(state) ? html`${this.door()}${this.room()}` : nothing}
      <ul class="people-list" role="list">
        ${repeat(
          here,
          (member) => member.id,
          (member) => this.present(member),
        )}
      </ul>
      ${this.players()}
      ${list(
        "people.away",
        away.filter(({ id }) => !waiting.has(id) && !inLine.has(id) && !state.watchers.includes(id)),
      )}
      <label class="check people-balance"
        ><input
          type="checkbox"
          data-balance
          .checked=${state.balance}
          @change=${(event: Event) =>
            this.call.store.dispatch({
              type: "balance",
              balance: (event.target as HTMLInputElement).checked,
            })}
        />${t("people.balance")}</label
      >
      ${this.question()}
    </div>`;
  }

  private ask(action: Moderation, member: string | null = null): void {
    this.call.floor.moderate(action, member);
  }

  /** Those who wait to be let in. */
  private door(): TemplateResult | typeof nothing {
    const { waiting } = this.state.floor;
    if (waiting.length === 0) return nothing;
    return html`<section class="people-door" aria-labelledby="door-title">
      <h3 class="people-heading" id="door-title">${t("people.door", { count: waiting.length })}</h3>
      <ul class="people-list" role="list">
        ${repeat(
          waiting,
          (guest) => guest.id,
          (guest) => html`<li class="people-row" data-waiting=${guest.id}>
            ${person(guest)}
            <span class="row">
              <button class="button primary" type="button" aria-label=${t("people.admit-name", { name: guest.name })} data-moderate="admit" @click=${() => this.ask("admit", guest.id)}>
                ${t("people.admit")}
              </button>
              <button class="button quiet" type="button" aria-label=${t("people.refuse-name", { name: guest.name })} data-moderate="refuse" @click=${() => this.ask("refuse", guest.id)}>
                ${t("people.refuse")}
              </button>
            </span>
          </li>`,
        )}
      </ul>
      ${
        waiting.length > 1
          ? html`<button class="button" type="button" data-moderate="admit-all" @click=${() => this.ask("admit-all")}>${t("people.admit-all")}</button>`
          : nothing
      }
    </section>`;
  }

  /** Links that somebody watches by without being here; whoever leads can let them fall. */
  private players(): TemplateResult | typeof nothing {
    const { state } = this;
    const watching = state.room.guests.filter(({ id }) => state.watchers.includes(id));
    if (watching.length === 0) return nothing;
    return html`<section aria-labelledby="players-title">
      <h3 class="people-heading" id="players-title">${t("people.players")}</h3>
      <ul class="people-list" role="list">
        ${watching.map(
          (guest) => html`<li class="people-row" data-watcher=${guest.id}>
            ${person(guest)}
            ${
              leadsByRight(state) && guest.role !== "mentor"
                ? html`<button
                    class="button quiet"
                    type="button"
                    data-moderate="remove"
                    aria-label=${t("people.remove-name", { name: guest.name })}
                    @click=${() => this.moderate("remove", guest)}
                  >
                    ${t("people.players-end")}
                  </button>`
                : nothing
            }
          </li>`,
        )}
      </ul>
    </section>`;
  }

  /** What is about everybody: quiet, hands, who may come in. */
  private room(): TemplateResult {
    const { floor } = this.state;
    return html`<div class="people-room" role="group" aria-label=${t("people.room")}>
      <button class="button quiet" type="button" data-moderate="mute-all" @click=${() => this.ask("mute-all")}>
        ${icon("microphone-off")}${t("people.mute-all")}
      </button>
      ${
        floor.hands.length > 1
          ? html`<button class="button quiet" type="button" data-moderate="lower-all" @click=${() => this.ask("lower-all")}>${icon("hand")}${t("people.lower-all")}</button>`
          : nothing
      }
      ${
        canPart(this.state)
          ? html`<button class="button quiet" type="button" data-small-rooms @click=${() => this.call.store.dispatch({ type: "panel", panel: "apart" })}>${icon("small-rooms")}${t("panel.apart")}</button>`
          : nothing
      }
      ${
        this.state.queue === null
          ? html`${this.toggle(floor.lobby, "lobby", "no-lobby", t("people.lobby"))}
              ${this.toggle(floor.locked, "lock", "unlock", t("people.lock"))}`
          : nothing
      }
    </div>`;
  }

  private toggle(on: boolean, start: Moderation, end: Moderation, words: string): TemplateResult {
    return html`<label class="check"
      ><input
        type="checkbox"
        data-moderate=${start}
        .checked=${on}
        @change=${(event: Event) => {
          const box = event.target as HTMLInputElement;
          this.ask(box.checked ? start : end);
          // It shows what the room has said, not what was pressed.
          box.checked = on;
        }}
      />${words}</label
    >`;
  }

  private present(member: Member): TemplateResult {
    const { state } = this;
    const self = member.id === state.me.id;
    const speaking = state.speaker === member.id && member.microphone;
    const quality = qualityOf(state, member);
    const place = state.floor.hands.indexOf(member.id) + 1;
    const share = state.balance ? talkShare(state, member.id) : null;
    return html`<li class="people-row" data-member=${member.id} data-speaking=${speaking}>
      <span class="people-who">${person(member, self, state.floor.stand_in === member.id)}${share === null ? nothing : talked(share)}</span>
      <span class="people-state">
        ${place > 0 ? html`<span class="people-mark hand" title=${t("tile.hand", { place })}>${icon("hand")}<span class="tabular" aria-hidden="true">${place}</span><span class="visually-hidden">${t("tile.hand", { place })}</span></span>` : nothing}
        ${this.whereabouts(member.id)}
        ${member.screen ? mark("screen", t("people.shares")) : nothing}
        ${mark(member.microphone ? "microphone" : "microphone-off", t(member.microphone ? "tile.microphone-on" : "tile.microphone-off"))}
        ${mark(member.camera ? "camera" : "camera-off", t(member.camera ? "tile.camera-on" : "tile.camera-off"))}
        ${qualityBars(quality, self, state.advice, this.details)}
        ${self || !canKeep(state) ? nothing : this.keepButton(member, state.kept === member.id)}
        ${
          leads(state) && !self
            ? html`<member-menu
                .member=${member}
                .raised=${place > 0}
                .byRight=${leadsByRight(state)}
                .ask=${(action: Moderation) => this.moderate(action, member)}
              ></member-menu>`
            : nothing
        }
      </span>
    </li>`;
  }

  /** In which small room somebody is, while there are any. */
  private whereabouts(member: string): TemplateResult | typeof nothing {
    const { apart } = this.state;
    if (apart === null || officeHours(this.state)) return nothing;
    const room = roomOf(apart, member);
    const number = numberOf(apart, room);
    const words = room === MAIN ? t("apart.main") : t("apart.room", { number });
    return html`<span class="badge people-small-room" data-room=${number} title=${words}>
      ${icon(room === MAIN ? "home" : "small-rooms")}${room === MAIN ? nothing : html`<span class="tabular" aria-hidden="true">${number}</span>`}<span class="visually-hidden">${words}</span>
    </span>`;
  }

  private keepButton(member: Member, kept: boolean): TemplateResult {
    return html`<button
      class="button quiet icon-only"
      type="button"
      data-keep
      aria-pressed=${kept}
      aria-label=${t("people.keep", { name: member.name })}
      data-tip=${t(kept ? "people.kept" : "people.keep-short")}
      @click=${() => this.call.store.dispatch({ type: "keep", member: kept ? null : member.id })}
    >
      ${icon(kept ? "unpin" : "pin")}
    </button>`;
  }

  private moderate(action: Moderation, member: Guest): void {
    if (action === "remove") {
      this.removing = member;
      void this.updateComplete.then(() => this.querySelector("dialog")?.showModal());
    } else this.ask(action, member.id);
  }

  /** Somebody who is removed can't come back by themselves, so it is asked first. */
  private question(): TemplateResult {
    const member = this.removing;
    return html`<dialog class="dialog" aria-labelledby="remove-title">
      <h2 id="remove-title">${t("remove.title", { name: member?.name ?? "" })}</h2>
      <p class="muted">${t("remove.text")}</p>
      <form class="dialog-actions" method="dialog">
        <button class="button">${t("remove.no")}</button>
        <button
          class="button danger primary"
          data-remove-now
          @click=${() => member !== null && this.ask("remove", member.id)}
        >
          ${t("remove.yes")}
        </button>
      </form>
    </dialog>`;
  }
}

/** Those with their hand up first, in the order in which they raised it; then oneself and the others. */
function inOrder(state: State): readonly Member[] {
  const here = [myself(state), ...others(state)];
  const place = (member: Member) => {
    const index = state.floor.hands.indexOf(member.id);
    return index < 0 ? Number.POSITIVE_INFINITY : index;
  };
  return here
    .map((member, index) => ({ member, index }))
    .sort((one, two) => place(one.member) - place(two.member) || one.index - two.index)
    .map(({ member }) => member);
}

function list(title: string, guests: readonly Guest[]): TemplateResult | typeof nothing {
  if (guests.length === 0) return nothing;
  return html`<h3 class="people-heading">${t(title)}</h3>
    <ul class="people-list" role="list">
      ${repeat(
        guests,
        (guest) => guest.id,
        (guest) => html`<li class="people-row away">${person(guest)}</li>`,
      )}
    </ul>`;
}

function person(guest: Guest, self = false, standsIn = false): TemplateResult {
  return html`<span class="person hue-${hue(guest.name)}">
    <span class="initials" aria-hidden="true">${initials(guest.name)}</span>
    <span class="person-text"
      ><span class="person-name">${self ? t("tile.you", { name: guest.name }) : guest.name}</span
      ><span class="person-role">${t(standsIn ? "role.stands-in" : `role.${guest.role}`)}</span></span
    >
  </span>`;
}

/** How much of the talking was theirs: a fact for those who are here, no grade. */
function talked(share: number): TemplateResult {
  const percent = Math.round(share * 100);
  return html`<span class="people-talk" data-talk=${percent}>
    <meter min="0" max="100" .value=${percent} aria-label=${t("people.talked")}></meter>
    <span class="small muted tabular">${t("people.share", { percent })}</span>
  </span>`;
}

function mark(name: Parameters<typeof icon>[0], words: string): TemplateResult {
  return html`<span class="people-mark" title=${words}>${icon(name)}<span class="visually-hidden">${words}</span></span>`;
}

customElements.define("people-panel", PeoplePanel);
