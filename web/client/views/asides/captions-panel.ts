import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Call } from "../../call";
import { canCaption } from "../../captioner";
import { type CaptionChoices, keepState, languages, likelyLanguage } from "../../captions";
import { t } from "../../i18n";
import { icon } from "../../icon";
import type { KeepAct } from "../../protocol";
import { leads, observes, type State } from "../../state";
import { LightElement } from "../element";
import { keepFocusNear } from "./focus";

/** What each chooses for themself about captions, and whether all of them are kept. */
export class CaptionsPanel extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;

  private readonly can = canCaption();

  constructor() {
    super();
    keepFocusNear(this, ["#captions-kept"]);
  }

  protected override render() {
    const { captions } = this.state;
    return html`<div class="captions-panel stack">
      <section class="stack" aria-labelledby="captions-seen">
        <h3 id="captions-seen">${t("caption.others")}</h3>
        ${this.box("shown", captions.shown, t("caption.show"))} ${this.box("aloud", captions.aloud, t("caption.aloud"))}
      </section>
      ${observes(this.state) ? nothing : this.mine()} ${this.keeping()}
    </div>`;
  }

  private box(name: "shown" | "aloud", on: boolean, words: string): TemplateResult {
    return html`<label class="check"><input type="checkbox" data-captions=${name} .checked=${on}
      @change=${(event: Event) => this.choose({ [name]: (event.target as HTMLInputElement).checked })} />${words}</label>`;
  }

  private choose(change: Partial<CaptionChoices>): void {
    this.call.store.dispatch({ type: "captions", change });
  }

  /** Where words go to be understood is said before anything is sent there. */
  private mine(): TemplateResult {
    const { captions, captioning } = this.state;
    return html`<section class="stack" aria-labelledby="captions-own">
      <h3 id="captions-own">${t("caption.own")}</h3>
      <p class="help" id="captions-note">${t(this.can ? "caption.note" : "caption.cannot")}</p>
      ${
        this.can
          ? html`<label class="check"><input type="checkbox" data-captioning .checked=${captioning} aria-describedby="captions-note"
              @change=${(event: Event) => this.call.store.dispatch({ type: "captioning", captioning: (event.target as HTMLInputElement).checked })} />${t("caption.start")}</label>
            <div class="field">
              <label for="caption-language">${t("caption.language")}</label>
              <div class="select">
                <select id="caption-language" @change=${(event: Event) => this.choose({ language: (event.target as HTMLSelectElement).value })}>
                  ${this.languages(captions.language ?? likelyLanguage(navigator.languages, document.documentElement.lang))}
                </select>${icon("chevron-down")}
              </div>
            </div>`
          : nothing
      }
    </section>`;
  }

  private languages(chosen: string): TemplateResult[] {
    return languages.map(
      (tag) => html`<option value=${tag} lang=${tag} ?selected=${tag === chosen}>${autonym(tag)}</option>`,
    );
  }

  /** Nothing is kept unless everybody says so, and anybody ends it. */
  private keeping(): TemplateResult {
    const now = keepState(this.state);
    return html`<section class="stack" aria-labelledby="captions-kept">
      <h3 id="captions-kept" tabindex="-1">${t("keep.title")}</h3>
      <p class="help">${t("keep.text")}</p>
      ${now === "none" && leads(this.state) ? this.button("ask", t("keep.ask")) : nothing}
      ${now === "asked" ? this.button("agree", t("keep.agree"), "primary") : nothing}
      ${now === "none" ? nothing : html`<p>${t(`keep.state-${now}`)}</p>${this.button("stop", t("keep.stop"))}`}
    </section>`;
  }

  private button(act: KeepAct, words: string, look = ""): TemplateResult {
    return html`<p><button class="button ${look}" type="button" data-keep-do=${act} @click=${() => this.call.features.asides.ask({ type: "keep-captions", act })}>${words}</button></p>`;
  }
}

/** A language in its own words. */
function autonym(tag: string): string {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

customElements.define("captions-panel", CaptionsPanel);
