import { html, nothing, type TemplateResult } from "lit";
import type { Call } from "../call";
import { t } from "../i18n";
import { type IconName, icon } from "../icon";
import type { Box, Timer } from "../protocol";
import { leads, type State } from "../state";
import type { TimerView } from "../timer";
import { boxName, prompt, turnLine, turnWord } from "./turn";

export interface AgendaParts {
  call: Call;
  state: State;
  timer: Timer;
  view: TimerView;
  finishing: boolean;
  finish: (finishing: boolean) => void;
  /** Whether whoever leads changes the agenda. */
  editing: boolean;
  edit: (editing: boolean) => void;
}

/** What drops from the timer: all boxes of the session, the facilitator's controls, one's own choice of signals. */
export function agenda(parts: AgendaParts): TemplateResult {
  const { call, state, timer, view } = parts;
  if (parts.editing && leads(state) && timer.status !== "finished") {
    return html`<div class="agenda" id="agenda" role="group" aria-label=${t("timer.agenda")} data-editing>
      <agenda-editor .call=${call} .timer=${timer}></agenda-editor>
      <p><button class="button" type="button" data-agenda-edit @click=${() => parts.edit(false)}>${icon("check")}${t("timer.edit-done")}</button></p>
    </div>`;
  }
  return html`<div class="agenda" id="agenda" role="group" aria-label=${t("timer.agenda")}>
    <ol class="agenda-boxes" role="list">
      ${timer.boxes.map((box, index) => {
        const place =
          timer.status === "finished" || index < timer.index ? "past" : index > timer.index ? "next" : "now";
        return html`<li class="agenda-box" data-place=${place} aria-current=${place === "now" ? "step" : nothing}>
          <span>${boxName(timer, index)}</span>
          <span class="tabular muted">${minutes(box, place)}</span>
        </li>`;
      })}
    </ol>
    <p class="agenda-prompt">${prompt(timer)}</p>
    ${turnLine(state, view.turn)}
    ${leads(state) ? controls(parts) : html`<p class="small muted">${driver(state)}</p>`}
    <fieldset class="agenda-signals">
      <legend class="small muted">${t("timer.signals")}</legend>
      ${choice("sounds", state.sounds, (sounds) => call.store.dispatch({ type: "sounds", sounds }))}
      ${choice("lights", state.lights, (lights) => call.store.dispatch({ type: "lights", lights }))}
    </fieldset>
  </div>`;
}

function driver(state: State): string {
  const standIn = state.members.find((member) => member.id === state.floor.stand_in);
  return standIn === undefined ? t("timer.driven") : t("timer.driven-by", { name: standIn.name });
}

function choice(name: "sounds" | "lights", on: boolean, choose: (on: boolean) => void): TemplateResult {
  return html`<label class="check"
    ><input
      type="checkbox"
      data-signals=${name}
      .checked=${on}
      @change=${(event: Event) => choose((event.target as HTMLInputElement).checked)}
    />${t(`timer.${name}`)}</label
  >`;
}

/** Planned minutes; of a box that has begun or is over also those it has taken. */
function minutes(box: Box, place: "past" | "now" | "next"): string {
  const planned = Math.round(box.planned_s / 60);
  return place === "past"
    ? t("timer.actual", { actual: Math.round(box.spent_ms / 60_000), planned })
    : t("minutes", { count: Math.round(box.seconds / 60) });
}

function controls(parts: AgendaParts): TemplateResult | typeof nothing {
  const { call, timer, view, finishing, finish } = parts;
  if (timer.status === "finished") {
    return html`<div class="agenda-confirm">
      <p class="small muted">${t("timer.over")}</p>
      <button class="button" type="button" data-timer-action="back" @click=${() => call.drive("back")}>
        ${icon("undo")}${t("timer.reopen")}
      </button>
    </div>`;
  }
  if (finishing) {
    return html`<div class="agenda-confirm" role="group" aria-label=${t("timer.finish")}>
      <p>${t("timer.finish-really")}</p>
      <div class="row">
        <button
          class="button danger"
          type="button"
          data-timer-action="finish"
          @click=${() => {
            finish(false);
            call.drive("finish");
          }}
        >
          ${t("timer.finish-yes")}
        </button>
        <button class="button quiet" type="button" @click=${() => finish(false)}>${t("timer.finish-no")}</button>
      </div>
    </div>`;
  }
  const ready = timer.status === "ready";
  const last = timer.index >= timer.boxes.length - 1;
  const button = (
    name: string,
    icons: IconName | null,
    act: () => void,
    disabled = false,
    words = `timer.${name}`,
  ) => html`<button
    class="button"
    type="button"
    data-timer-action=${name}
    ?disabled=${disabled}
    @click=${act}
  >
    ${icons === null ? nothing : icon(icons)}${t(words)}
  </button>`;
  return html`<div class="agenda-controls">
    ${button("add-1", null, () => call.drive("add", 1))}
    ${button("add-5", null, () => call.drive("add", 5))}
    ${button("back", "back", () => call.drive("back"), ready || timer.index === 0)}
    ${button("next", "next", () => call.drive("next"), ready || last)}
    ${
      view.turn === null
        ? nothing
        : html`${button("back-turn", null, () => call.drive("back-turn"), view.turn.place === 1, "turn.back")}
            ${button("next-turn", null, () => call.drive("next-turn"), false, turnWord(timer))}`
    }
    ${button("finish", "finish", () => finish(true), ready)}
    <button class="button quiet" type="button" data-agenda-edit @click=${() => parts.edit(true)}>
      ${icon("edit")}${t("timer.edit")}
    </button>
  </div>`;
}
