import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state as own, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { leftOf, roomOf } from "../apart";
import { CALL_BACK_IN } from "../apart-acts";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import { listed } from "../names";
import type { Apart, Member, SmallRoom } from "../protocol";
import type { State } from "../state";
import { clockText, untilNext } from "../timer";
import { chip, roomSelect } from "./apart-fields";
import "./apart-setup";
import { LightElement } from "./element";

/** What whoever leads sees of small rooms: the way into them, and then who is where and all that can be done. */
export class ApartPanel extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  /** Small rooms that there are, are to be made anew. */
  @own() private anew = false;
  @own() private text = "";
  /** Whom a new place is being chosen for, and which. */
  @own() private moving: { readonly id: string; readonly to: number } | null = null;

  private ticking: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.ticking);
  }

  protected override updated(changes: PropertyValues<this>): void {
    clearTimeout(this.ticking);
    const { apart } = this.state;
    const left = apart === null ? null : leftOf(apart, this.call.serverNow());
    if (left !== null && left > 0) {
      this.ticking = setTimeout(() => this.requestUpdate(), untilNext(1_000, left));
    }
    const before = changes.get("state") as State | undefined;
    if (before !== undefined && (before.apart === null) !== (apart === null)) this.keepFocus();
  }

  /** What was pressed last is gone with the view that it was in. */
  private keepFocus(): void {
    if (document.activeElement === document.body)
      this.querySelector<HTMLElement>("[data-apart-head]")?.focus();
  }

  protected override render() {
    const { apart } = this.state;
    return html`<div class="apart" data-apart-view=${apart === null ? "setup" : "open"}>
      ${apart === null ? html`<p class="visually-hidden" tabindex="-1" data-apart-head>${t("apart.together")}</p>` : this.open(apart)}
      ${
        apart === null || this.anew
          ? html`<apart-setup
              .call=${this.call}
              .state=${this.state}
              .sent=${() => {
                this.anew = false;
              }}
            ></apart-setup>`
          : html`<button
              class="button quiet"
              type="button"
              data-apart="anew"
              @click=${() => {
                this.anew = true;
              }}
            >
              ${icon("shuffle")}${t("apart.anew")}
            </button>`
      }
    </div>`;
  }

  private open(apart: Apart): TemplateResult {
    const { call, state } = this;
    const everybody = new Map(state.members.map((member) => [member.id, member]));
    const present = (ids: readonly string[]) => ids.flatMap((id) => everybody.get(id) ?? []);
    const placed = new Set(apart.rooms.flatMap(({ members }) => members));
    const main = state.members.filter(({ id }) => !placed.has(id));
    return html`${this.status(apart)}
      <div class="apart-acts">
        ${this.button("add-1", t("timer.add-1"), () => call.features.apart.add(1))}
        ${this.button("add-5", t("timer.add-5"), () => call.features.apart.add(5))}
        ${apart.rounds === null ? nothing : this.button("next", t("apart.next"), () => call.features.apart.nextRound())}
        ${
          apart.calling
            ? this.button("back-now", t("apart.back-now"), () => call.features.apart.callBack(0))
            : this.button("back", t("apart.back"), () => call.features.apart.callBack(CALL_BACK_IN))
        }
      </div>
      ${this.messageToAll()}
      ${repeat(
        apart.rooms,
        ({ id }) => id,
        (room, index) => this.room(apart, room, index + 1, present(room.members)),
      )}
      ${
        main.length === 0
          ? nothing
          : html`<section class="apart-room" aria-labelledby="apart-main" data-room="">
              <div class="apart-room-head">
                <h3 id="apart-main">${t("apart.main")}</h3>
                ${
                  roomOf(apart, state.me.id) === ""
                    ? html`<span class="badge">${t("apart.here")}</span>`
                    : this.go(null, t("apart.to-main"), t("apart.to-main"))
                }
              </div>
              ${this.people(apart, main, 0)}
            </section>`
      }`;
  }

  private status(apart: Apart): TemplateResult {
    const left = leftOf(apart, this.call.serverNow());
    const { rounds } = apart;
    const pausing = this.state.members.filter(({ id }) => rounds?.pausing.includes(id));
    return html`<div class="apart-status" tabindex="-1" data-apart-head>
      ${rounds === null ? nothing : html`<p class="muted">${t("apart.round", { round: rounds.index + 1, count: rounds.count })}</p>`}
      <p class="apart-left tabular">${left === null ? t("apart.no-end") : t(this.endWords(apart), { time: clockText(left) })}</p>
      ${pausing.length === 0 ? nothing : html`<p>${t("apart.pause-names", { names: listed(pausing) })}</p>`}
    </div>`;
  }

  private endWords({ rounds, calling }: Apart): string {
    if (calling) return "apart.back-in";
    return rounds !== null && rounds.index + 1 < rounds.count ? "apart.next-in" : "apart.left";
  }

  private button(name: string, words: string, act: () => void): TemplateResult {
    return html`<button class="button" type="button" data-apart=${name} @click=${act}>${words}</button>`;
  }

  private messageToAll(): TemplateResult {
    return html`<form
      class="apart-message"
      @submit=${(event: Event) => {
        event.preventDefault();
        if (this.text.trim() !== "" && this.call.floor.say(this.text, true)) this.text = "";
      }}
    >
      <label for="apart-message">${t("apart.message")}</label>
      <input
        class="input"
        id="apart-message"
        maxlength="500"
        autocomplete="off"
        .value=${this.text}
        @input=${(event: Event) => {
          this.text = (event.target as HTMLInputElement).value;
        }}
      />
      <button class="button" data-apart="say" ?disabled=${this.text.trim() === ""}>${icon("send")}${t("apart.send")}</button>
    </form>`;
  }

  private room(apart: Apart, room: SmallRoom, number: number, members: readonly Member[]): TemplateResult {
    const here = room.members.includes(this.state.me.id);
    const asks = members.filter(({ id }) => room.asks.includes(id));
    return html`<section class="apart-room" aria-labelledby="apart-${room.id}" data-room=${room.id}>
      <div class="apart-room-head">
        <h3 id="apart-${room.id}">${t("apart.room", { number })}</h3>
        ${
          here
            ? html`<span class="badge">${t("apart.here")}</span>`
            : this.go(room.id, t("apart.go-in"), t("apart.go-into", { number }))
        }
      </div>
      ${asks.length === 0 ? nothing : html`<p class="apart-asks">${icon("help")}${t("apart.asks-help", { names: listed(asks) })}</p>`}
      ${this.people(apart, members, number)}
    </section>`;
  }

  /** The way for whoever leads themself. */
  private go(room: string | null, words: string, label: string): TemplateResult {
    return html`<button
      class="button"
      type="button"
      data-apart="go"
      aria-label=${label}
      @click=${() => this.call.features.apart.move(this.state.me.id, room)}
    >
      ${words}
    </button>`;
  }

  private people(apart: Apart, members: readonly Member[], number: number): TemplateResult {
    return html`<ul class="apart-people" role="list">
      ${repeat(
        members,
        ({ id }) => id,
        (member) => this.person(apart, member, number),
      )}
    </ul>`;
  }

  private person(apart: Apart, { id, name }: Member, number: number): TemplateResult {
    const self = id === this.state.me.id;
    const { moving } = this;
    return html`<li class="apart-person" data-person=${id}>
      ${chip(name, nothing, self ? t("tile.you", { name }) : name)}
      ${
        self
          ? nothing
          : html`<button
              class="button quiet"
              type="button"
              data-apart="move"
              aria-expanded=${moving?.id === id}
              aria-label=${t("apart.move-name", { name })}
              @click=${() => {
                this.moving = moving?.id === id ? null : { id, to: number };
              }}
            >
              ${t("apart.move")}
            </button>`
      }
      ${moving?.id === id ? this.choosePlace(apart, moving, name, number) : nothing}
    </li>`;
  }

  /** A select acts on each key where the keyboard opens it, so a press of its own says that it is meant. */
  private choosePlace(
    apart: Apart,
    moving: { readonly id: string; readonly to: number },
    name: string,
    number: number,
  ): TemplateResult {
    const { id, to } = moving;
    return html`<span class="apart-move">
      ${roomSelect(t("apart.room-of", { name }), apart.rooms.length, to, (room) => {
        this.moving = { id, to: room };
      })}
      <button
        class="button primary"
        type="button"
        data-apart="move-now"
        ?disabled=${to === number}
        @click=${() => {
          this.moving = null;
          this.call.features.apart.move(id, apart.rooms[to - 1]?.id ?? null);
          void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-apart-head]")?.focus());
        }}
      >
        ${t("apart.move-now")}
      </button>
    </span>`;
  }
}

customElements.define("apart-panel", ApartPanel);
