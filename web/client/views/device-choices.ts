import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Call } from "../call";
import { browserHost, type Choice, type Choices, canChooseSpeaker, listDevices } from "../devices";
import { t } from "../i18n";
import { icon } from "../icon";
import { play } from "../sounds";
import { observes } from "../state";
import { LightElement } from "./element";

type Kind = keyof Choices;

/** Which camera, microphone and speaker; the speaker can be tried. Follows devices that come and go. */
export class DeviceChoices extends LightElement {
  @property({ attribute: false }) call!: Call;
  /** Changes when a track does: labels are only told once one is open. */
  @property({ attribute: false }) version: unknown = null;
  @state() private choices: Choices = { microphone: [], camera: [], speaker: [] };
  @state() private playing = false;
  @state() private outcome: "speaker.heard" | "speaker.failed" | null = null;
  private readonly listed = (): void => void this.list();

  override connectedCallback(): void {
    super.connectedCallback();
    browserHost().devices?.addEventListener("devicechange", this.listed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    browserHost().devices?.removeEventListener("devicechange", this.listed);
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (changes.has("version")) this.listed();
  }

  private async list(): Promise<void> {
    this.choices = await listDevices(browserHost());
  }

  protected override render() {
    return html`
      ${observes(this.call.state) ? nothing : html`${this.field("camera")} ${this.field("microphone")}`}
      <div class="speaker-row">
        ${canChooseSpeaker() ? this.field("speaker") : nothing}
        <button class="button" type="button" id="speaker-test" aria-busy=${this.playing ? "true" : nothing} @click=${() => this.test()}>
          ${icon("sound")}${t(this.playing ? "speaker.playing" : "speaker.test")}
        </button>
      </div>
      <p class="help" role="status">${this.outcome === null ? nothing : t(this.outcome)}</p>
    `;
  }

  private field(kind: Kind): TemplateResult | typeof nothing {
    const choices = this.choices[kind];
    if (choices.length === 0) return nothing;
    const chosen = this.chosen(kind);
    return html`<div class="field">
      <label for="choice-${kind}">${t(`device.${kind}`)}</label>
      <div class="select">
        <select
          id="choice-${kind}"
          data-device=${kind}
          @change=${(event: Event) => void this.call.devices.choose(kind, (event.target as HTMLSelectElement).value)}
        >
          ${choices.map((choice, index) => this.option(kind, choice, index, chosen))}
        </select>
        ${icon("chevron-down")}
      </div>
    </div>`;
  }

  private option(kind: Kind, { id, label }: Choice, index: number, chosen: string | null): TemplateResult {
    return html`<option value=${id} ?selected=${id === chosen}>
      ${label || t(`device.${kind}-numbered`, { number: index + 1 })}
    </option>`;
  }

  /** What is in use; else what was chosen; else the browser's first. */
  private chosen(kind: Kind): string | null {
    const { sources } = this.call;
    const used = kind === "speaker" ? undefined : sources.track(kind)?.getSettings().deviceId;
    return used ?? sources.devices[kind];
  }

  private async test(): Promise<void> {
    if (this.playing) return;
    this.playing = true;
    this.outcome = null;
    try {
      await play("test", this.call.sources.devices.speaker ?? "");
      this.outcome = "speaker.heard";
    } catch {
      this.outcome = "speaker.failed";
    }
    this.playing = false;
  }
}

customElements.define("device-choices", DeviceChoices);
