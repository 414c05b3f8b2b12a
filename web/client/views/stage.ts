import { html } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Call } from "../call";
import { t } from "../i18n";
import { nearestCorner, type Rect } from "../layout";
import { listed } from "../names";
import { type PlacedTile, placeTiles, type Reserve, sceneOf } from "../stage";
import type { State } from "../state";
import { others } from "../state";
import { LightElement } from "./element";
import "./tile";

/** A pointer that moved less than this (px) has clicked, not dragged. */
const DRAG_FROM = 6;

/** Below this width (px) the controls take the whole bottom of the stage. */
const NARROW = 1_000;

interface Drag {
  pointer: number;
  startX: number;
  startY: number;
  moved: boolean;
}

/** The tiles, placed to the pixel; one's own small picture can be dragged to another corner. */
export class RoomStage extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @state() private area = { width: 0, height: 0 };

  private readonly aspects = new Map<string, number>();
  private drag: Drag | null = null;
  private readonly observer = new ResizeObserver(([entry]) => {
    if (entry !== undefined) this.area = { width: entry.contentRect.width, height: entry.contentRect.height };
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  /** One to one the picture fills the window, under the timer and the controls. */
  private reserve(): Reserve {
    const scene = sceneOf(this.state);
    if (scene !== "pair" && scene !== "alone") return { top: 0, bottom: 0 };
    return this.area.width < NARROW ? { top: 64, bottom: 88 } : { top: 64, bottom: 8 };
  }

  private seen(key: string, aspect: number | undefined): void {
    if (aspect === undefined || this.aspects.get(key) === aspect) return;
    this.aspects.set(key, aspect);
    this.requestUpdate();
  }

  protected override render() {
    const { width, height } = this.area;
    const tiles =
      width > 0 && height > 0 ? placeTiles(this.state, width, height, this.aspects, this.reserve()) : [];
    this.dataset.scene = sceneOf(this.state);
    return html`
      ${others(this.state).length === 0 ? this.alone() : ""}
      ${repeat(
        tiles,
        (tile) => tile.key,
        (tile) => html`<room-tile
          .call=${this.call}
          .tile=${tile}
          .onAspect=${(aspect: number | undefined) => this.seen(tile.key, aspect)}
          @pointerdown=${(event: PointerEvent) => this.grab(event, tile)}
          @pointermove=${(event: PointerEvent) => this.move(event)}
          @pointerup=${(event: PointerEvent) => this.drop(event, tile.rect)}
          @pointercancel=${(event: PointerEvent) => this.drop(event, tile.rect)}
        ></room-tile>`,
      )}
    `;
  }

  /** Nobody else yet: what this is for, and that waiting is all there is to do. */
  private alone() {
    const expected = this.state.room.guests.filter((guest) => guest.id !== this.state.me.id);
    const names = listed(expected);
    return html`<div class="alone">
      <h2>${t("alone.title")}</h2>
      <p class="muted">${expected.length > 0 ? t("alone.expected", { names }) : t("alone.text")}</p>
    </div>`;
  }

  private grab(event: PointerEvent, tile: PlacedTile): void {
    if (tile.role !== "own" || event.button !== 0) return;
    const element = event.currentTarget as HTMLElement;
    element.setPointerCapture(event.pointerId);
    this.drag = { pointer: event.pointerId, startX: event.clientX, startY: event.clientY, moved: false };
  }

  private move(event: PointerEvent): void {
    const { drag } = this;
    if (drag === null || drag.pointer !== event.pointerId) return;
    const x = event.clientX - drag.startX;
    const y = event.clientY - drag.startY;
    drag.moved ||= Math.hypot(x, y) > DRAG_FROM;
    if (!drag.moved) return;
    const element = event.currentTarget as HTMLElement;
    element.classList.add("dragged");
    element.style.transform = `translate(${x}px, ${y}px)`;
  }

  private drop(event: PointerEvent, rect: Rect): void {
    const { drag } = this;
    if (drag === null || drag.pointer !== event.pointerId) return;
    this.drag = null;
    const element = event.currentTarget as HTMLElement;
    element.classList.remove("dragged");
    element.style.transform = "";
    if (!drag.moved) return;
    const x = rect.x + rect.width / 2 + event.clientX - drag.startX;
    const y = rect.y + rect.height / 2 + event.clientY - drag.startY;
    const corner = nearestCorner(x, y, this.area.width, this.area.height);
    this.call.store.dispatch({ type: "own", corner });
  }
}

customElements.define("room-stage", RoomStage);
