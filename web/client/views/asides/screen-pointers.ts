import { html, nothing, type PropertyValues } from "lit";
import { state as own, property } from "lit/decorators.js";
import { t } from "../../i18n";
import { icon } from "../../icon";
import type { Rect } from "../../layout";
import { moved, type Place, pictureIn, placeAt, TELL_EVERY, WHOLE } from "../../pointing";
import type { Member } from "../../protocol";
import { observes } from "../../state";
import { called } from "./ballot";
import { Marks } from "./marks";
import { PointedAt } from "./pointed-at";

const MIDDLE: Place = { x: WHOLE / 2, y: WHOLE / 2 };

/** Over somebody's shared screen: where others point, and, while one wants to, where one points oneself. */
export class ScreenPointers extends PointedAt {
  @property({ attribute: false }) sharer!: Member;
  /** Width by height of the picture; undefined while there is none. */
  @property({ attribute: false }) aspect: number | undefined;
  @property({ attribute: false }) width = 0;
  @property({ attribute: false }) height = 0;
  @own() private active = false;
  @own() private refused = false;

  private at: Place = MIDDLE;
  /** Whether the others have been told of a pointer. */
  private points = false;
  private told = Number.NEGATIVE_INFINITY;
  private later: ReturnType<typeof setTimeout> | undefined;

  protected override forbidden(members: readonly string[]): void {
    this.refused = members.includes(this.sharer.id);
    if (this.refused) this.stop();
  }

  override disconnectedCallback(): void {
    this.stop();
    super.disconnectedCallback();
  }

  protected override updated(_changes: PropertyValues<this>): void {
    const layer = this.querySelector<HTMLElement>(".pointers");
    if (layer === null) return;
    this.marks ??= new Marks(layer, this.sharer.id, {
      name: (member) => called(this.call.state, member),
      picture: () => this.picture(),
      changed: () => undefined,
    });
    this.marks.place();
  }

  private picture(): Rect | null {
    return this.aspect === undefined || this.width === 0
      ? null
      : pictureIn(this.width, this.height, this.aspect);
  }

  protected override render() {
    const can = this.aspect !== undefined && !this.refused && !observes(this.call.state);
    return html`${
      this.active && can
        ? html`<div class="pointing" tabindex="0" role="application" aria-label=${t("pointer.area", { name: this.sharer.name })}
            @pointermove=${(event: PointerEvent) => this.follow(event)}
            @pointerdown=${(event: PointerEvent) => this.follow(event)}
            @pointerleave=${(event: PointerEvent) => this.left(event)}
            @touchstart=${(event: Event) => event.stopPropagation()}
            @touchend=${(event: Event) => event.stopPropagation()}
            @keydown=${(event: KeyboardEvent) => this.key(event)}></div>`
        : nothing
    }
    <div class="pointers" aria-hidden="true"></div>
    ${
      can
        ? html`<button class="button pointer-toggle" type="button" data-point aria-pressed=${this.active} @click=${() => this.toggle()}>
            ${icon(this.active ? "pointer-off" : "pointer")}<span>${t(this.active ? "pointer.stop" : "pointer.start")}</span>
          </button>`
        : nothing
    }`;
  }

  private toggle(): void {
    if (this.active) this.stop();
    else {
      this.active = true;
      this.at = MIDDLE;
      void this.updateComplete.then(() => this.querySelector<HTMLElement>(".pointing")?.focus());
    }
  }

  /** Points no longer; and wants to no longer, unless they are only gone from the picture. */
  private stop(wholly = true): void {
    clearTimeout(this.later);
    this.later = undefined;
    if (this.points) {
      this.points = false;
      this.marks?.own(this.call.state.me.id, null);
      this.call.features.asides.send({ type: "point-off" });
    }
    if (wholly) this.active = false;
  }

  /** A finger that is lifted has pointed: it fades like a mouse that stands still. */
  private left(event: PointerEvent): void {
    if (event.pointerType === "mouse") this.stop(false);
  }

  private follow(event: PointerEvent): void {
    const picture = this.picture();
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const place = picture && placeAt(picture, event.clientX - box.x, event.clientY - box.y);
    if (place === null) this.stop(false);
    else this.point(place);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.stop();
      this.querySelector<HTMLElement>("[data-point]")?.focus();
      return;
    }
    const place = moved(this.at, event.key, event.shiftKey);
    if (place === null) return;
    event.preventDefault();
    this.point(place);
  }

  /** Shown here at once, and told as often as the others can be told. */
  private point(place: Place): void {
    this.at = place;
    this.points = true;
    this.marks?.own(this.call.state.me.id, place);
    if (this.later !== undefined) return;
    const wait = Math.max(0, this.told + TELL_EVERY - performance.now());
    this.later = setTimeout(() => {
      this.later = undefined;
      this.told = performance.now();
      this.call.features.asides.send({ type: "point", of: this.sharer.id, ...this.at });
    }, wait);
  }
}

customElements.define("screen-pointers", ScreenPointers);
