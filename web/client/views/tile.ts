import { html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import { hue, initials } from "../person";
import type { PlacedTile } from "../stage";
import { pictureFit } from "../stage";
import { LightElement } from "./element";
import { Picture } from "./picture";
import { qualityBars } from "./quality";

/** While a connection is in doubt, a picture that has stood still for this long (ms) is taken off. */
const STALLED = 2_000;

/** One person or one shared screen on the stage: the picture, or initials; the name; how the connection does. */
export class RoomTile extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) tile!: PlacedTile;
  /** Tells the stage the shape of the picture. */
  @property({ attribute: false }) onAspect: (aspect: number | undefined) => void = () => undefined;
  @state() private stalled = false;

  private picture: Picture | null = null;
  private watching: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("tile");
    this.setAttribute("role", "group");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.picture?.hide();
    this.watch(false);
  }

  protected override updated(changes: PropertyValues<this>): void {
    super.updated(changes);
    this.attach();
    this.mark();
  }

  private attach(): void {
    const video = this.querySelector("video");
    if (video === null) return;
    this.picture ??= new Picture(video, () => {
      this.onAspect(this.picture?.aspect);
      this.requestUpdate();
    });
    const { member, source, self, slot } = this.tile;
    const sent = source === "camera" ? member.camera : member.screen;
    const on = sent && (self || !slot?.paused);
    const track = self
      ? (this.call.sources.track(source) ?? undefined)
      : slot && this.call.hearing.video(slot.mid);
    if (on && track !== undefined) this.picture.show(track, slot?.since ?? 0, slot?.reused ?? false);
    else this.picture.hide();
    const { link, media } = this.call.state;
    const doubtful = this.tile.quality === "lost" || link !== "open" || media !== "ok";
    this.watch(doubtful && !self && this.picture.shown);
  }

  private mark(): void {
    const { member, source, self, role, speaking, quality, rect, covered } = this.tile;
    const on = this.picture?.shown === true && !this.stalled;
    this.dataset.tile = "";
    this.dataset.member = member.id;
    this.dataset.source = source;
    this.dataset.role = role;
    this.dataset.picture = on ? "on" : "off";
    this.dataset.speaking = String(speaking);
    this.dataset.quality = quality;
    this.toggleAttribute("data-self", self);
    this.classList.toggle("mirrored", self && source === "camera");
    this.classList.toggle("whole", pictureFit(this.tile, this.picture?.aspect) === "contain");
    this.setAttribute("aria-label", this.description(on));
    this.style.left = `${rect.x}px`;
    this.style.top = `${rect.y}px`;
    this.style.width = `${rect.width}px`;
    this.style.height = `${rect.height}px`;
    this.style.setProperty("--covered", `${covered}px`);
  }

  /** All that the tile shows, in words. */
  private description(on: boolean): string {
    const { member, source, self, quality } = this.tile;
    const name = self ? t("tile.you", { name: member.name }) : member.name;
    if (source === "screen") return t("tile.screen", { name });
    const parts = [
      name,
      t(on ? "tile.camera-on" : "tile.camera-off"),
      t(member.microphone ? "tile.microphone-on" : "tile.microphone-off"),
      ...(this.call.state.floor.hands.includes(member.id)
        ? [t("tile.hand", { place: this.call.state.floor.hands.indexOf(member.id) + 1 })]
        : []),
      ...(quality === "unknown" ? [] : [t(`quality.${quality}`)]),
    ];
    return parts.join(", ");
  }

  /** Looks each second whether the picture still moves. */
  private watch(on: boolean): void {
    if (!on) {
      clearInterval(this.watching);
      this.watching = undefined;
      this.stalled = false;
      return;
    }
    if (this.watching !== undefined) return;
    let last = this.picture?.progress ?? 0;
    let still = 0;
    this.watching = setInterval(() => {
      const now = this.picture?.progress ?? 0;
      still = now === last ? still + 1_000 : 0;
      last = now;
      this.stalled = still >= STALLED;
    }, 1_000);
  }

  /** The member's hand, with its place in the row, and what they show for a moment. */
  private raised() {
    const { floor, reactions } = this.call.state;
    const { id } = this.tile.member;
    const place = floor.hands.indexOf(id) + 1;
    const shown = reactions.filter((each) => each.member === id).at(-1);
    return html`<div class="tile-signs">
      ${place > 0 ? html`<span class="tile-hand" title=${t("tile.hand", { place })}>${icon("hand")}<span class="tabular">${place}</span></span>` : nothing}
      ${shown === undefined ? nothing : html`<span class="tile-reaction" data-reaction=${shown.reaction} aria-hidden="true">${icon(shown.reaction)}</span>`}
    </div>`;
  }

  /** Where others point on a shared screen. */
  private pointers() {
    const { member, rect } = this.tile;
    const aspect = this.picture?.aspect;
    return html`<screen-pointers .call=${this.call} .sharer=${member} .aspect=${aspect} .width=${rect.width} .height=${rect.height}></screen-pointers>`;
  }

  private readonly details = (): void => this.call.store.dispatch({ type: "panel", panel: "details" });

  protected override render() {
    const { member, source, self, quality, slot } = this.tile;
    const camera = source === "camera";
    const on = camera ? member.camera : member.screen;
    const waits = !camera && !slot?.paused;
    return html`
      <video muted playsinline autoplay .muted=${true} aria-hidden="true" tabindex="-1"></video>
      <div class="tile-initials">
        ${
          camera
            ? html`<span class="initials hue-${hue(member.name)}" aria-hidden="true">${initials(member.name)}</span>`
            : waits
              ? html`<span class="tile-wait"><span class="spinner"></span>${t("tile.screen-coming", { name: member.name })}</span>`
              : nothing
        }
        ${!self && on && !slot && this.call.state.strain > 0 ? html`<span class="tile-paused">${t("tile.paused-device")}</span>` : nothing}
        ${!self && on && slot?.paused ? html`<span class="tile-paused">${t(`tile.paused-${slot.paused}`)}</span>` : nothing}
        ${camera && quality === "lost" ? html`<span class="tile-lost">${t("tile.lost")}</span>` : nothing}
      </div>
      ${camera ? this.raised() : this.pointers()}
      <div class="tile-label">
        <span class="tile-name">${camera ? (self ? t("tile.you-short") : member.name) : t("tile.screen", { name: member.name })}</span>
        ${camera && !member.microphone ? html`<span class="tile-muted" title=${t("tile.microphone-off")}>${icon("microphone-off")}</span>` : nothing}
        ${camera ? qualityBars(quality, self, this.call.state.advice, self ? this.details : undefined) : nothing}
      </div>
    `;
  }
}

customElements.define("room-tile", RoomTile);
