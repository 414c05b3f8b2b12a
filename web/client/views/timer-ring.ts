import { html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import type { Timer, TimerStatus } from "../protocol";
import { proposed } from "../rotation";
import { keyOf } from "../shortcuts";
import { leads, lit, type State } from "../state";
import { type TimerView, timerView, untilNext } from "../timer";
import { Dropdown } from "./dropdown";
import { LightElement } from "./element";
import { agenda } from "./timer-panel";
import { boxName, prompt, turnLine } from "./turn";

/** Drawn this often (ms), on the same instants everywhere. */
const STEP = 100;

const primary = {
  ready: { action: "start", icon: "play" },
  running: { action: "pause", icon: "pause" },
  paused: { action: "resume", icon: "play" },
  finished: null,
} as const satisfies Record<TimerStatus, unknown>;

/** The session's timer: a ring, the box's name and what is left of it; the agenda and its controls drop from it. */
export class SessionTimer extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  /** "Finish" asks once more. */
  @state() private finishing = false;

  @state() private editing = false;

  private readonly menu = new Dropdown(this, "[data-timer-toggle]");
  private ticking: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.ticking);
  }

  protected override updated(): void {
    clearTimeout(this.ticking);
    const { timer } = this.state;
    if (timer === null) return;
    const view = timerView(timer, this.call.serverNow());
    this.dataset.timer = "";
    this.dataset.status = timer.status;
    this.dataset.remainingMs = String(Math.round(view.remaining));
    if (timer.status === "running") {
      this.ticking = setTimeout(() => this.requestUpdate(), untilNext(STEP, view.remaining));
    }
  }

  /** The button that was pressed makes way for the question, or comes back: focus goes with it. */
  private async ask(finishing: boolean): Promise<void> {
    this.finishing = finishing;
    await this.updateComplete;
    this.querySelector<HTMLElement>(".agenda [data-timer-action=finish]")?.focus();
  }

  /** The agenda itself makes way for its editor, or comes back: focus goes with it. */
  private async edit(editing: boolean): Promise<void> {
    if (editing) {
      try {
        await import("./agenda-edit");
      } catch {
        this.call.toast("toast.not-connected", {}, "problem");
        return;
      }
    }
    this.editing = editing;
    await this.updateComplete;
    const where = editing ? "agenda-editor input, [data-agenda-edit]" : "[data-agenda-edit]";
    this.querySelector<HTMLElement>(where)?.focus();
  }

  /** While a box runs: its prompt, and whose turn it is; the agenda says the same when it is open. */
  private guide(timer: Timer, view: TimerView) {
    if (this.menu.open || timer.status === "ready" || timer.status === "finished") return nothing;
    const { state, call } = this;
    const rounds = proposed(state);
    const listens = view.turn !== null && !view.turn.speaks && view.turn.member === state.me.id;
    return html`<div class="guide">
      <p class="guide-prompt">${prompt(timer)}</p>
      ${turnLine(state, view.turn)}
      ${
        rounds === null
          ? nothing
          : html`<button
              class="button primary"
              type="button"
              data-rotate
              aria-keyshortcuts=${keyOf("apart")}
              @click=${() => call.features.apart.rotate(rounds)}
            >
              ${icon("small-rooms")}${t("apart.start-box", { count: rounds.rounds ?? 1, minutes: rounds.minutes })}<kbd aria-hidden="true">${keyOf("apart")}</kbd>
            </button>`
      }
      ${
        listens && state.mine.microphone === "on"
          ? html`<button class="button" type="button" data-turn-mute @click=${() => call.devices.setMicrophone(false)}>
              ${icon("microphone-off")}${t("turn.mute")}
            </button>`
          : nothing
      }
    </div>`;
  }

  protected override render() {
    const { timer } = this.state;
    if (timer === null) return nothing;
    const view = timerView(timer, this.call.serverNow());
    const drives = leads(this.state);
    const name = boxName(timer);
    const main = primary[timer.status];
    const caption = timer.status === "finished" ? t("timer.finished") : name;
    return html`
      <div
        class="timer"
        data-status=${timer.status}
        data-overtime=${view.overtime}
        data-signal=${lit(this.state) ?? nothing}
      >
        <button
          class="timer-open"
          type="button"
          data-timer-toggle
          aria-expanded=${this.menu.open}
          aria-controls="agenda"
          @click=${this.menu.toggle}
        >
          <svg class="timer-ring" viewBox="0 0 40 40" aria-hidden="true">
            <circle cx="20" cy="20" r="17"></circle>
            <circle cx="20" cy="20" r="17" pathLength="100" stroke-dasharray="${view.overtime ? 100 : 100 - view.fraction * 100} 100"></circle>
          </svg>
          <span class="timer-text">
            <span class="visually-hidden">${t("timer.name")}</span>
            <span class="timer-box">${caption}</span>
            <span class="timer-left">${view.text}</span>
            <span class="visually-hidden">${timer.status === "finished" ? nothing : t(`timer.${timer.status}`)}</span>
          </span>
        </button>
        ${
          drives && main !== null
            ? html`<button
                class="button ${timer.status === "ready" ? "primary" : "quiet icon-only"} timer-main"
                type="button"
                data-timer-action=${main.action}
                data-tip=${timer.status === "ready" ? nothing : t(`timer.${main.action}`)}
                aria-label=${t(`timer.${main.action}`)}
                @click=${() => this.call.drive(main.action)}
              >
                ${icon(main.icon)}${timer.status === "ready" ? t("timer.start") : nothing}
              </button>`
            : nothing
        }
      </div>
      ${this.guide(timer, view)}
      ${
        this.menu.open
          ? agenda({
              call: this.call,
              state: this.state,
              timer,
              view,
              finishing: this.finishing,
              finish: (finishing) => void this.ask(finishing),
              editing: this.editing,
              edit: (editing) => void this.edit(editing),
            })
          : nothing
      }
    `;
  }
}

customElements.define("session-timer", SessionTimer);
