import { html, nothing, type PropertyValues } from "lit";
import { state as own, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Call } from "../../call";
import { browserRecogniser, Captioner } from "../../captioner";
import { fresh, type Heard, heard, isNew, lastWords, likelyLanguage, understands } from "../../captions";
import { t } from "../../i18n";
import { hue } from "../../person";
import type { CaptionLine } from "../../protocol";
import type { State } from "../../state";
import { browserTimers } from "../../timers";
import { LightElement } from "../element";
import { called } from "./ballot";

/** The last words of those who speak, over the stage; and what has this person's own words understood. */
export class CaptionStrip extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @own() private lines: readonly Heard[] = [];
  /** What a screen reader reads out, where it is wanted. */
  @own() private aloud: readonly {
    readonly key: string;
    readonly text: string;
    readonly language: string;
  }[] = [];

  private end: (() => void) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly captioner = new Captioner({
    timers: browserTimers,
    recogniser: browserRecogniser,
    said: (line, text, final) => this.saysOwn(line, text, final),
    failed: (problem) => {
      this.call.store.dispatch({ type: "captioning", captioning: false });
      this.call.toast(`caption.${problem}`, {}, "problem");
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.captioner.want(null);
    this.end?.();
    this.end = null;
  }

  protected override willUpdate(_changes: PropertyValues<this>): void {
    this.end ??= this.call.features.asides.watchCaptions(({ lines }) => {
      for (const line of lines) this.take(line);
    });
    const { captions } = this.state;
    const language = captions.language ?? likelyLanguage(navigator.languages, document.documentElement.lang);
    this.captioner.want(understands(this.state) ? language : null);
  }

  private saysOwn(line: number, text: string, final: boolean): void {
    const { captions, me } = this.state;
    const language = captions.language ?? likelyLanguage(navigator.languages, document.documentElement.lang);
    this.call.features.asides.send({ type: "caption", line, text, final, language });
    // What is shown of one's own words tells that they are understood, and how.
    this.take({ member: me.id, line, text, final, language });
  }

  private take(line: CaptionLine): void {
    const { captions, me } = this.state;
    if (captions.aloud && line.member !== me.id && isNew(this.lines, line)) {
      const key = `${line.member} ${line.line}`;
      const text = t("caption.says", { name: called(this.state, line.member).name, text: line.text });
      this.aloud = [...this.aloud.slice(-4), { key, text, language: line.language }];
    }
    this.lines = heard(this.lines, line, performance.now());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fade(), 1_000);
  }

  private fade(): void {
    this.lines = fresh(this.lines, performance.now());
    if (this.lines.length > 0) this.timer = setTimeout(() => this.fade(), 1_000);
  }

  protected override render() {
    const { captions } = this.state;
    return html`${
      captions.shown && this.lines.length > 0
        ? html`<div class="captions" aria-hidden=${captions.aloud ? "true" : nothing}>
            ${repeat(
              this.lines,
              (line) => line.member,
              (line) => this.row(line),
            )}
          </div>`
        : nothing
    }
    ${
      captions.aloud
        ? html`<div class="visually-hidden" role="log" aria-label=${t("caption.log")} data-captions-aloud>
            ${repeat(
              this.aloud,
              ({ key }) => key,
              ({ text, language }) => html`<p lang=${language}>${text}</p>`,
            )}
          </div>`
        : nothing
    }`;
  }

  private row(line: Heard) {
    const { here, name } = called(this.state, line.member);
    return html`<p class="caption hue-${hue(name)}" data-caption=${line.member} data-final=${line.final}>
      <strong>${here}</strong> <span lang=${line.language} dir="auto">${lastWords(line)}</span>
    </p>`;
  }
}

customElements.define("caption-strip", CaptionStrip);
