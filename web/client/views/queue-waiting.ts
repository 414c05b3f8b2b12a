import { html, nothing, type TemplateResult } from "lit";
import { state as own, property } from "lit/decorators.js";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import { sessionTitle } from "../names";
import type { QueuePlace } from "../protocol";
import type { State } from "../state";
import { banner } from "./banner";
import { LightElement } from "./element";
import { pageHeader } from "./page-header";
import "./mic-level";
import "./preview";
import "../queue-words";

/** While one waits in a queue: one's place, how long it will be, what it is about, and nothing that hurries. */
export class QueueWaiting extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @own() private about: string | null = null;

  protected override render() {
    const { call, state } = this;
    const { place } = state;
    if (place === null) return nothing;
    return html`${pageHeader()}<main class="green-room queue-room">
      <div class="green-head">
        <h1>${sessionTitle(state.room)}</h1>
        ${state.link === "open" ? nothing : banner(state, call)}
      </div>
      <div class="green-self">
        <camera-preview .call=${call} .state=${state}></camera-preview>
        <mic-level .track=${state.mine.microphone === "on" ? call.sources.track("microphone") : null}></mic-level>
      </div>
      <div class="green-join stack">
        <section class="queue-place" data-queue-place=${place.place} data-queue-minutes=${place.minutes ?? nothing}>
          <p class="queue-ahead">${ahead(place)}</p>
          <p class="queue-wait">${wait(place)}</p>
          ${place.closed ? html`<p class="small muted">${t("queue.closed")}</p>` : nothing}
        </section>
        ${this.topic(place)}
        <div class="row queue-acts">
          ${
            place.behind
              ? html`<button class="button" type="button" data-queue="pass" @click=${() => call.ask({ type: "queue-pass" })}>
                  ${icon("people")}${t("queue.pass")}
                </button>`
              : nothing
          }
          <button class="button quiet" type="button" data-queue="out" @click=${() => void call.leave()}>
            ${icon("leave")}${t("queue.out")}
          </button>
        </div>
        <section class="queue-meanwhile" aria-labelledby="meanwhile">
          <h2 class="small" id="meanwhile">${t("queue.meanwhile")}</h2>
          <ul class="small muted">
            <li>${t("queue.meanwhile-seen")}</li>
            <li>${t("queue.meanwhile-sound")}</li>
            <li>${t("queue.meanwhile-kept")}</li>
          </ul>
        </section>
      </div>
    </main>`;
  }

  private topic(place: QueuePlace): TemplateResult {
    const typed = this.about ?? place.about;
    const saved = typed.trim() === place.about;
    return html`<form class="field" @submit=${(event: Event) => this.submit(event)}>
      <label for="queue-about">${t("queue.about")}</label>
      <div class="queue-about">
        <input
          class="input"
          id="queue-about"
          maxlength="200"
          autocomplete="off"
          aria-describedby="queue-about-help"
          .value=${typed}
          @input=${(event: Event) => {
            this.about = (event.target as HTMLInputElement).value;
          }}
        />
        <button class="button" type="submit" data-queue="about" ?disabled=${saved}>
          ${saved && typed !== "" ? t("queue.about-saved") : t("queue.about-save")}
        </button>
      </div>
      <p class="help" id="queue-about-help">${t("queue.about-help")}</p>
    </form>`;
  }

  private submit(event: Event): void {
    event.preventDefault();
    if (this.about !== null) this.call.ask({ type: "queue-about", text: this.about.trim() });
  }
}

const ahead = (place: QueuePlace): string =>
  place.place === 1 ? t("queue.next") : t("queue.place", { count: place.place - 1 });

function wait({ minutes }: QueuePlace): string {
  if (minutes === null) return t("queue.nobody");
  return minutes === 0 ? t("queue.now") : t("queue.minutes", { count: minutes });
}

customElements.define("queue-waiting", QueueWaiting);
