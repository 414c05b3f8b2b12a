import { html, type PropertyValues } from "lit";
import { state as own, property } from "lit/decorators.js";
import { t } from "../../i18n";
import { pictureIn } from "../../pointing";
import type { State } from "../../state";
import { called } from "./ballot";
import { Marks } from "./marks";
import { PointedAt } from "./pointed-at";

/** For whoever shares their screen: whether others may point at it, and where they do. */
export class OwnShare extends PointedAt {
  @property({ attribute: false }) state!: State;
  @own() private allowed = true;
  @own() private pointed = false;

  protected override forbidden(members: readonly string[]): void {
    this.allowed = !members.includes(this.state.me.id);
  }

  protected override updated(_changes: PropertyValues<this>): void {
    const layer = this.querySelector<HTMLElement>(".pointers");
    const video = this.querySelector("video");
    if (layer === null || video === null) return;
    this.marks ??= new Marks(layer, this.state.me.id, {
      name: (member) => called(this.state, member),
      picture: () =>
        video.videoHeight === 0
          ? null
          : pictureIn(video.clientWidth, video.clientHeight, video.videoWidth / video.videoHeight),
      changed: (any) => {
        this.pointed = any;
      },
    });
    const track = this.call.sources.track("screen") ?? null;
    const shown =
      video.srcObject instanceof MediaStream ? (video.srcObject.getVideoTracks()[0] ?? null) : null;
    const wanted = this.pointed ? track : null;
    if (shown !== wanted) {
      video.srcObject = wanted === null ? null : new MediaStream([wanted]);
      if (wanted !== null) void video.play().catch(() => undefined);
    }
    this.marks.place();
  }

  protected override render() {
    return html`<section class="own-share" aria-label=${t("pointer.own")} data-pointed=${this.pointed}>
      <div class="own-share-picture" ?hidden=${!this.pointed}>
        <video muted playsinline .muted=${true} aria-hidden="true" tabindex="-1" @resize=${() => this.marks?.place()}></video>
        <div class="pointers" aria-hidden="true"></div>
      </div>
      <label class="check"><input type="checkbox" data-pointers-allowed .checked=${this.allowed} @change=${(event: Event) => this.allow(event)} />${t("pointer.allow")}</label>
    </section>`;
  }

  /** It shows what the room has said, not what was pressed; said again after a reconnection. */
  private allow(event: Event): void {
    const allowed = (event.target as HTMLInputElement).checked;
    this.call.features.asides.wish({ type: "pointers-allowed", allowed });
    this.allowed = allowed;
  }
}

customElements.define("own-share", OwnShare);
