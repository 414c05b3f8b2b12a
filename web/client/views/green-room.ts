import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import { listed, sessionTitle } from "../names";
import { isOver, onward, ownZone } from "../onward";
import { hue, initials } from "../person";
import { observes, others, type State } from "../state";
import { checks, closerLook } from "./checks";
import { LightElement } from "./element";
import { pageHeader } from "./page-header";
import "./data-choices";
import "./device-choices";
import "./mic-level";
import "./preview";

/** More names than this are not listed: "nobody else" is enough. */
const MOST_NAMED = 3;

/** Before the room: how one will be seen and heard, whether the connection is good, who is there; and one button. */
export class GreenRoom extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @property({ attribute: false }) nameLimit = 80;
  @property({ attribute: false }) path = "";
  @state() private name: string | null = null;

  protected override render() {
    const { call, state } = this;
    return html`${pageHeader()}<main class="green-room">
      <div class="green-head">
        <h1>${sessionTitle(state.room)}</h1>
        ${this.present()} ${this.behind()}
      </div>
      <div class="green-self">
        ${observes(state) ? html`<p class="banner">${icon("observe")}<span>${t("green.observe")}</span></p>` : this.preview()}
      </div>
      <form class="green-join stack" @submit=${(event: Event) => this.submit(event)} novalidate>
        ${this.nameField()}
        ${checks(state, call)}
        ${
          state.joinError === null
            ? nothing
            : html`<p class="error" role="alert">${icon("alert")}${t(`error.${state.joinError}`)}</p>`
        }
        <button class="button primary large wide" id="join" type="submit">${this.joinWords()}</button>
        <p class="small muted">${t("green.private")}</p>
        ${closerLook(state, call)}
      </form>
      <section class="green-devices stack" aria-labelledby="devices-title">
        <h2 class="visually-hidden" id="devices-title">${t("devices.title")}</h2>
        <device-choices
          .call=${call}
          .version=${`${state.mine.camera}${state.mine.microphone}${call.sources.track("camera")?.id}`}
        ></device-choices>
        <details class="green-data">
          <summary class="button quiet">${icon("connection")}${t("data.title")}</summary>
          <data-choices .call=${call} .state=${state}></data-choices>
        </details>
      </section>
    </main>`;
  }

  private preview(): TemplateResult {
    const { call, state } = this;
    return html`<camera-preview .call=${call} .state=${state}></camera-preview>
      <mic-level .track=${state.mine.microphone === "on" ? call.sources.track("microphone") : null}></mic-level>`;
  }

  /** Whoever comes back to a session that is over finds what it left behind. */
  private behind(): TemplateResult | typeof nothing {
    const { joined, timer } = this.state;
    const next = onward(this.path, ownZone());
    if (!joined || next === null || !isOver(timer, others(this.state).length)) return nothing;
    return html`<a class="button" id="behind" href=${next.href}>${icon("notes")}${t(next.words)}</a>`;
  }

  private present(): TemplateResult {
    const here = others(this.state);
    if (!this.state.joined) return html`<p class="muted green-here">${t("green.asking")}</p>`;
    if (here.length === 0) {
      const expected = this.state.room.guests.filter((guest) => guest.id !== this.state.me.id);
      const words =
        expected.length > 0 && expected.length <= MOST_NAMED
          ? t("green.expected", { names: listed(expected), count: expected.length })
          : t("green.nobody");
      return html`<p class="muted green-here">${words}</p>`;
    }
    const names = listed(here);
    return html`<p class="green-here">
      <span class="green-chips" aria-hidden="true"
        >${here.slice(0, 5).map((member) => html`<span class="initials hue-${hue(member.name)}">${initials(member.name)}</span>`)}</span
      >${t("green.here", { names, count: here.length })}
    </p>`;
  }

  private nameField(): TemplateResult {
    const { nameError, me } = this.state;
    return html`<div class="field">
      <label for="join-name">${t("green.name")}</label>
      <input
        class="input"
        id="join-name"
        name="name"
        autocomplete="name"
        maxlength=${this.nameLimit}
        required
        .value=${this.name ?? me.name}
        aria-invalid=${nameError === null ? nothing : "true"}
        aria-describedby=${nameError === null ? nothing : "join-name-error"}
        @input=${(event: Event) => {
          this.name = (event.target as HTMLInputElement).value;
        }}
      />
      ${
        nameError === null
          ? nothing
          : html`<p class="error" id="join-name-error" role="alert">${icon("alert")}${t(`error.${nameError}`)}</p>`
      }
    </div>`;
  }

  private joinWords(): string {
    if (observes(this.state)) return t("join.observe");
    const { camera, microphone } = this.state.mine;
    if (camera !== "off") return t(microphone !== "off" ? "join" : "join.no-microphone");
    return t(microphone !== "off" ? "join.no-camera" : "join.neither");
  }

  private submit(event: Event): void {
    event.preventDefault();
    this.call.join(this.name ?? this.state.me.name);
    if (this.call.state.nameError !== null) this.querySelector<HTMLInputElement>("#join-name")?.focus();
  }
}

customElements.define("green-room", GreenRoom);
