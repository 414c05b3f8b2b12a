/** The agenda as whoever leads changes it, with its words: fetched when somebody first wants to. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import english from "../../locales/en/agenda.json";
import french from "../../locales/fr/agenda.json";
import type { Making } from "../agenda-acts";
import { boxTitle } from "../boxes";
import type { Call } from "../call";
import { learn, t } from "../i18n";
import { type IconName, icon } from "../icon";
import type { Box, Timer } from "../protocol";
import { LightElement } from "./element";
import { boxName } from "./turn";

learn({ en: english, fr: french });

const LONGEST_TITLE = 60;
const MOST_MINUTES = 480;
const NEW_MINUTES = 5;

const minutesOf = (box: Box): number => Math.round(box.seconds / 60);

const placeOf = (timer: Timer, id: string): number => timer.boxes.findIndex((box) => box.id === id);

/** The first place of what is still to come. */
const firstFree = (timer: Timer): number => (timer.status === "ready" ? 0 : timer.index + 1);

export class AgendaEditor extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) timer!: Timer;

  /** What is written into a box whose name or minutes this person has just changed, until the agenda follows. */
  private readonly unsaved = new Map<string, { readonly revision: number; readonly value: string }>();
  private focused: { readonly box: string; readonly act: string } | null = null;

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("timer") || this.focused === null) return;
    // A row that has moved takes the focus along; where it is gone, the next one has it.
    const { box, act } = this.focused;
    const now = document.activeElement;
    if (now !== null && now !== document.body && !now.matches(":disabled")) return;
    const wanted = `[data-box="${box}"] [data-edit="${act}"]:not([disabled])`;
    const found =
      this.querySelector<HTMLElement>(wanted) ?? this.querySelector<HTMLElement>(`[data-box="${box}"] input`);
    found?.focus();
  }

  private edit(make: Making): void {
    this.call.features.agenda.edit(make);
  }

  private write(box: Box, field: "title" | "minutes", event: Event): void {
    const input = event.target as HTMLInputElement;
    const id = box.id ?? "";
    if (!input.reportValidity()) return;
    this.unsaved.set(`${id}/${field}`, { revision: this.timer.revision ?? 0, value: input.value });
    this.edit((timer) => {
      if (placeOf(timer, id) < 0) return null;
      return field === "title"
        ? { action: "rename", box: id, title: input.value }
        : { action: "minutes", box: id, minutes: Number(input.value) };
    });
  }

  /** What stands in a field: as typed until another agenda is there, then as that has it. */
  private shown(box: Box, field: "title" | "minutes"): string {
    const typed = this.unsaved.get(`${box.id}/${field}`);
    if (typed !== undefined && typed.revision === (this.timer.revision ?? 0)) return typed.value;
    return field === "title" ? boxTitle(box) : String(minutesOf(box));
  }

  private move(box: Box, by: number, act: string): void {
    const id = box.id ?? "";
    this.focused = { box: id, act };
    this.edit((timer) => {
      const place = placeOf(timer, id) + by;
      return place < firstFree(timer) || place >= timer.boxes.length
        ? null
        : { action: "move", box: id, place };
    });
  }

  private takeOut(box: Box, next: Box | undefined): void {
    const id = box.id ?? "";
    this.focused = { box: next?.id ?? "new", act: "remove" };
    this.edit((timer) => (placeOf(timer, id) < 0 ? null : { action: "remove", box: id }));
  }

  private add(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const [title, minutes] = [String(data.get("title")), Number(data.get("minutes"))];
    this.edit((timer) => ({ action: "add", place: timer.boxes.length, title, minutes }));
    form.reset();
    form.querySelector<HTMLElement>("input")?.focus();
  }

  protected override render(): TemplateResult {
    const { timer } = this;
    const begun = firstFree(timer);
    return html`<ol class="agenda-edit" role="list">
      ${repeat(
        timer.boxes,
        (box) => box.id,
        (box, index) => this.row(box, index, index < begun || box.spent_ms > 0, index < timer.index),
      )}
    </ol>
    <form class="agenda-new" data-box="new" @submit=${this.add}>
      <input class="input" name="title" required maxlength=${LONGEST_TITLE} aria-label=${t("agenda.new-title")} placeholder=${t("agenda.new-title")} />
      ${this.minutesInput(String(NEW_MINUTES), t("agenda.new-minutes"))}
      <button class="button">${icon("add")}${t("agenda.add")}</button>
    </form>`;
  }

  private minutesInput(
    value: string,
    label: string,
    change: ((event: Event) => void) | null = null,
  ): TemplateResult {
    return html`<span class="agenda-minutes"
      ><input
        class="input"
        name="minutes"
        type="number"
        min="1"
        max=${MOST_MINUTES}
        required
        aria-label=${label}
        value=${value}
        .value=${value}
        @change=${change ?? nothing}
      /><span aria-hidden="true">min</span></span
    >`;
  }

  private row(box: Box, index: number, begun: boolean, past: boolean): TemplateResult {
    const { timer } = this;
    const name = boxName(timer, index);
    const label = (key: string) => t(key, { box: name });
    const press = (act: string, icons: IconName, words: string, disabled: boolean, act_: () => void) =>
      html`<button
        class="button quiet icon-only"
        type="button"
        data-edit=${act}
        ?disabled=${disabled}
        aria-label=${label(words)}
        data-tip=${t(`agenda.tip-${act}`)}
        @click=${act_}
      >
        ${icon(icons)}
      </button>`;
    if (past) {
      return html`<li class="agenda-edited" data-box=${box.id} data-place="past"><span>${name}</span></li>`;
    }
    const minutes = this.minutesInput(this.shown(box, "minutes"), label("agenda.minutes-of"), (event) =>
      this.write(box, "minutes", event),
    );
    if (begun) {
      return html`<li class="agenda-edited" data-box=${box.id} data-place=${index === timer.index ? "now" : "next"}>
        <span>${name}</span>${minutes}
      </li>`;
    }
    return html`<li class="agenda-edited" data-box=${box.id} data-place="next">
      <input
        class="input"
        name="title"
        maxlength=${LONGEST_TITLE}
        aria-label=${label("agenda.title-of")}
        .value=${this.shown(box, "title")}
        @change=${(event: Event) => this.write(box, "title", event)}
      />
      ${minutes}
      <span class="agenda-moves">
        ${press("up", "up", "agenda.up", index === firstFree(timer), () => this.move(box, -1, "up"))}
        ${press("down", "down", "agenda.down", index === timer.boxes.length - 1, () => this.move(box, 1, "down"))}
        ${press("remove", "remove", "agenda.remove", timer.boxes.length === 1, () => this.takeOut(box, timer.boxes[index + 1]))}
      </span>
    </li>`;
  }
}

customElements.define("agenda-editor", AgendaEditor);
