import { html, nothing } from "lit";
import { property } from "lit/decorators.js";
import type { Call } from "../../call";
import { keepState } from "../../captions";
import { t } from "../../i18n";
import { icon } from "../../icon";
import type { KeepAct } from "../../protocol";
import type { State } from "../../state";
import { LightElement } from "../element";
import { called } from "./ballot";
import { keepFocusNear } from "./focus";

/** The question whether captions may be kept, and the mark that they are: seen by all, as long as it is so. */
export class CaptionKeeping extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;

  constructor() {
    super();
    keepFocusNear(this, [".caption-mark"]);
  }

  protected override render() {
    const { keeping } = this.state;
    switch (keepState(this.state)) {
      case "none":
        return nothing;
      case "asked":
        return html`<section class="caption-ask" aria-label=${t("keep.question")} data-keep="asked">
          <p>${icon("captions")}<span>${t("keep.asks", { name: called(this.state, keeping.by ?? "").name })}</span></p>
          <p class="small muted">${t("keep.asks-text")}</p>
          <div class="row">
            <button class="button primary" type="button" data-keep-do="agree" @click=${() => this.do("agree")}>${t("keep.agree")}</button>
            <button class="button" type="button" data-keep-do="stop" @click=${() => this.do("stop")}>${t("keep.refuse")}</button>
          </div>
        </section>`;
      case "waits":
        return html`<p class="caption-mark" tabindex="-1" data-keep="waits">${icon("captions")}<span>${t("keep.waits", { count: this.missing() })}</span></p>`;
      case "kept":
        return html`<p class="caption-mark kept" tabindex="-1" data-keep="kept"><span class="caption-dot" aria-hidden="true"></span><span>${t("keep.kept")}</span></p>`;
    }
  }

  private missing(): number {
    const { keeping, members } = this.state;
    return members.filter((member) => !keeping.agreed.includes(member.id)).length;
  }

  private do(act: KeepAct): void {
    this.call.features.asides.ask({ type: "keep-captions", act });
  }
}

customElements.define("caption-keeping", CaptionKeeping);
