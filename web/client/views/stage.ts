import { html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ownRoom, roomOf } from "../apart";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import { nearestCorner, type Rect } from "../layout";
import { listed } from "../names";
import { isTyping } from "../shortcuts";
import { type Paging, type PlacedTile, paging, placeTiles, type Reserve, sceneOf, watched } from "../stage";
import type { State } from "../state";
import { partners } from "../state";
import { spared } from "../strain";
import { LightElement } from "./element";
import "./tile";

/** A pointer that moved less than this (px) has clicked, not dragged. */
const DRAG_FROM = 6;

/** A finger that moved sideways as far (px) turns the page. */
const SWIPE = 48;

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
  private tiles: readonly PlacedTile[] = [];
  private drag: Drag | null = null;
  private readonly observer = new ResizeObserver(([entry]) => {
    if (entry !== undefined) this.area = { width: entry.contentRect.width, height: entry.contentRect.height };
  });

  private touch: { x: number; y: number } | null = null;
  private readonly onKey = (event: KeyboardEvent): void => {
    if (isTyping(event.composedPath()[0] ?? null) || this.paging().pages < 2) return;
    if (event.key !== "PageDown" && event.key !== "PageUp") return;
    event.preventDefault();
    this.turn(event.key === "PageDown" ? 1 : -1);
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("visibilitychange", this.tell);
    this.addEventListener("touchstart", this.onTouch, { passive: true });
    this.addEventListener("touchend", this.onSwipe, { passive: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("visibilitychange", this.tell);
    this.removeEventListener("touchstart", this.onTouch);
    this.removeEventListener("touchend", this.onSwipe);
  }

  private paging(): Paging {
    return paging(this.state, this.area.width, this.area.height);
  }

  /** To the page `by` pages on, if there is one. */
  private turn(by: number): void {
    const { page, pages } = this.paging();
    const next = Math.min(pages - 1, Math.max(0, page + by));
    if (next !== page) this.call.store.dispatch({ type: "page", page: next });
  }

  private readonly onTouch = (event: TouchEvent): void => {
    const touch = event.touches.length === 1 ? event.touches[0] : undefined;
    const own = (event.target as HTMLElement).closest("[data-role=own]") !== null;
    this.touch = touch === undefined || own ? null : { x: touch.clientX, y: touch.clientY };
  };

  private readonly onSwipe = (event: TouchEvent): void => {
    const start = this.touch;
    const end = event.changedTouches[0];
    this.touch = null;
    if (start === null || end === undefined) return;
    const [x, y] = [end.clientX - start.x, end.clientY - start.y];
    if (Math.abs(x) >= SWIPE && Math.abs(x) > 2 * Math.abs(y)) this.turn(x < 0 ? 1 : -1);
  };

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

  protected override updated(changes: PropertyValues<this>): void {
    super.updated(changes);
    const before = changes.get("state") as State | undefined;
    const room = ({ apart, me }: State) => roomOf(apart, me.id);
    // The same tiles of another room are others to the server.
    if (before !== undefined && room(before) !== room(this.state)) this.call.viewing.again();
    this.tell();
  }

  /** The server sends what is on screen, in the size it has there. */
  private readonly tell = (): void => {
    if (this.area.width > 0) {
      const seen = watched(this.tiles, window.devicePixelRatio, document.hidden);
      this.call.viewing.look(spared(seen, this.state.strain));
    }
  };

  protected override render() {
    const { width, height } = this.area;
    const tiles =
      width > 0 && height > 0 ? placeTiles(this.state, width, height, this.aspects, this.reserve()) : [];
    this.dataset.scene = sceneOf(this.state);
    this.tiles = tiles;
    return html`
      ${partners(this.state).length === 0 ? this.alone() : ""}
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
      ${this.pager()}
    `;
  }

  /** Buttons to turn the grid's pages. They stay in place at either end, so that focus is never lost. */
  private pager() {
    const { page, pages } = this.paging();
    if (pages < 2 || this.area.width === 0) return nothing;
    const button = (by: number, name: "back" | "next", label: string) => {
      const end = page + by < 0 || page + by >= pages;
      return html`<button
        class="button icon-only"
        type="button"
        data-page=${name}
        aria-label=${label}
        aria-disabled=${end}
        @click=${() => this.turn(by)}
      >
        ${icon(name === "back" ? "page-back" : "page-next")}
      </button>`;
    };
    return html`<nav class="stage-pager" aria-label=${t("pager.label")}>
      ${button(-1, "back", t("pager.back"))}
      <span role="status">${t("pager.page", { page: page + 1, pages })}</span>
      ${button(1, "next", t("pager.next"))}
    </nav>`;
  }

  /** Nobody else yet: what this is for, and that waiting is all there is to do. */
  private alone() {
    if (this.state.apart !== null) {
      const small = ownRoom(this.state) !== null;
      return html`<div class="alone">
        <h2>${t(small ? "apart.alone" : "apart.elsewhere")}</h2>
        <p class="muted">${t(small ? "apart.alone-text" : "apart.elsewhere-text")}</p>
      </div>`;
    }
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
