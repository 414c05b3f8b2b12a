import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { asking, leftOf, ownRoom, pauses } from "../apart";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import { listed } from "../names";
import type { Apart } from "../protocol";
import { leads, officeHours, partners, type State } from "../state";
import { clockText, untilNext } from "../timer";
import { LightElement } from "./element";

/** A calm line over the stage while there are small rooms: where one is, with whom, for how long still. */
export class SmallRoomLine extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;

  private ticking: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.ticking);
  }

  protected override updated(): void {
    clearTimeout(this.ticking);
    const { apart } = this.state;
    const left = apart === null ? null : leftOf(apart, this.call.serverNow());
    if (left !== null && left > 0) {
      this.ticking = setTimeout(() => this.requestUpdate(), untilNext(1_000, left));
    }
  }

  protected override render() {
    const { apart, broadcast } = this.state;
    return html`${apart === null || officeHours(this.state) ? nothing : this.where(apart)}
    ${broadcast === null ? nothing : this.message(broadcast.member, broadcast.text)}`;
  }

  private where(apart: Apart): TemplateResult {
    const { state } = this;
    const own = ownRoom(state);
    const left = leftOf(apart, this.call.serverNow());
    return html`<div class="banner small-room ${apart.calling ? "warm" : ""}" data-small-room=${own?.number ?? 0}>
      ${icon("small-rooms")}
      <span class="small-room-words">
        <strong>${own === null ? t("apart.main") : t("apart.room", { number: own.number })}</strong>
        <span>${this.words(apart)}</span>
      </span>
      ${
        left === null
          ? nothing
          : html`<span class="small-room-left tabular" data-left=${Math.round(left)} title=${t(timeWords(apart))}
              ><span class="visually-hidden">${t(timeWords(apart))}</span> ${clockText(left)}</span
            >`
      }
      ${this.act(own?.room.asks.includes(state.me.id) ?? null)}
    </div>`;
  }

  /** With whom, or what one waits for. */
  private words(apart: Apart): string {
    const { state } = this;
    if (apart.calling) return t("apart.calling");
    const own = ownRoom(state);
    const others = partners(state);
    if (own === null && pauses(state)) return t("apart.pausing");
    if (others.length === 0) return t(own === null ? "apart.elsewhere" : "apart.alone");
    const names = listed(others);
    if (own === null) return t("apart.with", { names });
    const { rounds } = apart;
    return rounds === null
      ? t("apart.with", { names })
      : t("apart.with-round", { names, round: rounds.index + 1, count: rounds.count });
  }

  /** What one can do here: `asked` is null in the main room. */
  private act(asked: boolean | null): TemplateResult | typeof nothing {
    const { state, call } = this;
    if (leads(state)) {
      const count = asking(state.apart).length;
      return html`${
        asked === null
          ? nothing
          : html`<button class="button quiet" type="button" data-apart="main" @click=${() => call.features.apart.move(state.me.id, null)}>
              ${t("apart.to-main")}
            </button>`
      }
      <button
        class="button quiet"
        type="button"
        data-apart="open"
        @click=${() => call.store.dispatch({ type: "panel", panel: "apart" })}
      >
        ${count > 0 ? t("apart.asks", { count }) : t("apart.overview")}
      </button>`;
    }
    if (asked === null || state.apart?.calling === true) return nothing;
    return html`<button class="button quiet small-room-help" type="button" data-apart="help" aria-pressed=${asked} @click=${() => call.features.apart.askHelp(!asked)}>
      ${icon(asked ? "check" : "help")}${t(asked ? "apart.help-asked" : "apart.help")}
    </button>`;
  }

  private message(member: string, text: string): TemplateResult {
    const { state, call } = this;
    const name = [...state.members, ...state.room.guests].find(({ id }) => id === member)?.name ?? "";
    return html`<div class="banner" data-broadcast>
      ${icon("message")}<span>${t("say.broadcast", { name, text })}</span>
      <button class="button quiet" type="button" @click=${() => call.store.dispatch({ type: "broadcast-over" })}>
        ${t("apart.put-away")}
      </button>
    </div>`;
  }
}

/** What the time that is left leads to. */
function timeWords({ rounds, calling }: Apart): string {
  return rounds !== null && !calling && rounds.index + 1 < rounds.count
    ? "apart.until-next"
    : "apart.until-back";
}

customElements.define("small-room-line", SmallRoomLine);
