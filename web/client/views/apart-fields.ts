import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { icon } from "../icon";
import { hue, initials } from "../person";

export interface NumberField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly help?: string;
  /** What is wrong with it, null while nothing is. */
  readonly error?: string | null;
  readonly change: (value: string) => void;
}

/** A field for a whole number, as it was typed. */
export function numberField({ name, label, value, help, error, change }: NumberField): TemplateResult {
  const id = `apart-${name}`;
  const about = [help === undefined ? "" : `${id}-help`, error ? `${id}-error` : ""]
    .filter(Boolean)
    .join(" ");
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      class="input short"
      id=${id}
      inputmode="numeric"
      autocomplete="off"
      aria-describedby=${about || nothing}
      aria-invalid=${error ? "true" : nothing}
      .value=${value}
      @input=${(event: Event) => change((event.target as HTMLInputElement).value)}
    />
    ${help === undefined ? nothing : html`<p class="help" id="${id}-help">${help}</p>`}
    ${error ? html`<p class="error" id="${id}-error">${icon("alert")}<span>${error}</span></p>` : nothing}
  </div>`;
}

/** Some few choices of which one is made; the label is shown where they don't say by themselves what they are. */
export function choices<T extends string>(
  label: string,
  all: readonly (readonly [T, string])[],
  chosen: T,
  choose: (value: T) => void,
  named = false,
): TemplateResult {
  return html`${named ? html`<p class="label" aria-hidden="true">${label}</p>` : nothing}
  <div class="segmented apart-choices" role="group" aria-label=${label}>
    ${all.map(
      ([value, words]) => html`<button
        type="button"
        data-choice=${value}
        aria-pressed=${value === chosen}
        @click=${() => choose(value)}
      >
        ${words}
      </button>`,
    )}
  </div>`;
}

/** A box that is checked or not. */
export function check(
  name: string,
  words: string,
  checked: boolean,
  change: (on: boolean) => void,
): TemplateResult {
  return html`<label class="check"
    ><input
      type="checkbox"
      data-check=${name}
      .checked=${checked}
      @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
    />${words}</label
  >`;
}

/** A choice of the main room or one of so many small rooms; 0 is the main room. */
export function roomSelect(
  label: string,
  rooms: number,
  chosen: number,
  change: (room: number) => void,
): TemplateResult {
  return html`<span class="select apart-select">
    <select
      aria-label=${label}
      @change=${(event: Event) => change(Number((event.target as HTMLSelectElement).value))}
    >
      <option value="0" .selected=${chosen === 0}>${t("apart.main")}</option>
      ${Array.from(
        { length: rooms },
        (_, index) =>
          html`<option value=${index + 1} .selected=${chosen === index + 1}>${t("apart.room", { number: index + 1 })}</option>`,
      )}
    </select>
    ${icon("chevron-down")}
  </span>`;
}

/** A person by initials and name; the name may be shown in other words. */
export function chip(
  name: string,
  extra: TemplateResult | typeof nothing = nothing,
  shown = name,
): TemplateResult {
  return html`<span class="person hue-${hue(name)}">
    <span class="initials" aria-hidden="true">${initials(name)}</span>
    <span class="person-text"><span class="person-name">${shown}</span>${extra}</span>
  </span>`;
}
