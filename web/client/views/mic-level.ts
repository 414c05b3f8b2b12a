import { html, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";
import { t } from "../i18n";
import { LevelMeter } from "../levels";
import { LightElement } from "./element";

/** The meter's value is said in tenths: a screen reader need not hear every breath. */
const STEPS = 10;

/** How loud the microphone is, drawn with each frame of the screen. */
export class MicLevel extends LightElement {
  @property({ attribute: false }) track: MediaStreamTrack | null = null;
  /** The browser keeps sound back until the page is touched. */
  @state() private waiting = false;

  private meter: LevelMeter | null = null;
  private frame = 0;
  private readonly touched = (): void => this.meter?.resume();

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.touched);
    document.addEventListener("keydown", this.touched);
    if (this.hasUpdated) this.listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.touched);
    document.removeEventListener("keydown", this.touched);
    this.silence();
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has("track")) this.listen();
  }

  private listen(): void {
    this.silence();
    if (this.track === null) return;
    try {
      this.meter = new LevelMeter(this.track);
    } catch {
      // A microphone whose sample rate differs from the speaker's, in Firefox: no level, but it is heard.
      return;
    }
    this.draw();
  }

  private silence(): void {
    cancelAnimationFrame(this.frame);
    this.meter?.close();
    this.meter = null;
    this.show(0);
  }

  private readonly draw = (): void => {
    if (this.meter === null) return;
    this.waiting = !this.meter.running;
    this.show(this.meter.level());
    this.frame = requestAnimationFrame(this.draw);
  };

  private show(level: number): void {
    const bar = this.querySelector<HTMLElement>(".level");
    if (bar === null) return;
    bar.style.setProperty("--level", level.toFixed(3));
    bar.setAttribute("aria-valuenow", String(Math.round(level * STEPS)));
  }

  protected override render() {
    return html`<div
        class="level"
        role="meter"
        aria-label=${t("level.label")}
        aria-valuemin="0"
        aria-valuemax=${STEPS}
        aria-valuenow="0"
      >
        <div class="level-fill"></div>
      </div>
      <p class="help">${t(this.track === null ? "level.off" : this.waiting ? "level.touch" : "level.speak")}</p>`;
  }
}

customElements.define("mic-level", MicLevel);
