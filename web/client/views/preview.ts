import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Call } from "../call";
import type { DeviceProblem } from "../devices";
import { t } from "../i18n";
import { icon } from "../icon";
import { hue, initials } from "../person";
import type { State } from "../state";
import { LightElement } from "./element";
import { Picture } from "./picture";

/** Oneself as the others will see one, mirrored; camera and microphone on and off; what went wrong, in words. */
export class CameraPreview extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;

  private picture: Picture | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.picture?.hide();
  }

  protected override updated(): void {
    const video = this.querySelector("video");
    if (video === null) return;
    this.picture ??= new Picture(video, () => this.requestUpdate());
    const track = this.call.sources.track("camera");
    if (track !== null && this.state.mine.camera === "on") this.picture.show(track, 0, false);
    else this.picture.hide();
    const tile = this.querySelector<HTMLElement>(".tile");
    if (tile !== null) tile.dataset.picture = this.picture.shown ? "on" : "off";
  }

  protected override render() {
    const { state } = this;
    return html`<div class="preview" data-theme="dark">
      <div class="tile mirrored" data-self data-picture="off">
        <video muted playsinline autoplay .muted=${true} aria-label=${t("preview.label")}></video>
        <div class="tile-initials preview-off">
          <span class="initials hue-${hue(state.me.name)}" aria-hidden="true">${initials(state.me.name)}</span>
          ${this.words()}
        </div>
        <div class="preview-controls">${this.toggle("microphone")}${this.toggle("camera")}</div>
      </div>
    </div>`;
  }

  private words(): TemplateResult | typeof nothing {
    const { mine, problems } = this.state;
    if (mine.camera === "starting") return html`<p>${t("preview.asking")}</p>`;
    if (problems.camera !== null) return html`<p>${t(`preview.${short(problems.camera)}`)}</p>`;
    return html`<p>${t("preview.camera-off")}</p>`;
  }

  private toggle(source: "microphone" | "camera"): TemplateResult {
    const mine = this.state.mine[source];
    const off = mine === "off";
    const label = t(off ? `control.${source}-on` : `control.${source}-off`);
    return html`<button
      class="control ${off ? "off" : ""}"
      type="button"
      data-control=${source}
      aria-pressed=${mine === "on"}
      aria-label=${label}
      aria-busy=${mine === "starting" ? "true" : nothing}
      @click=${() => (source === "camera" ? this.call.devices.setCamera(off) : this.call.devices.setMicrophone(off))}
    >
      ${icon(off ? `${source}-off` : source)}<span class="control-word">${t(`control.${source}`)}</span>
    </button>`;
  }
}

/** Under the initials there is room for few words; the whole sentence stands below. */
const short = (problem: DeviceProblem): "camera-none" | "camera-blocked" =>
  problem === "none" ? "camera-none" : "camera-blocked";

customElements.define("camera-preview", CameraPreview);
