import type { PropertyValues } from "lit";
import { property } from "lit/decorators.js";
import type { Call } from "../../call";
import { LightElement } from "../element";
import type { Marks } from "./marks";

/** An element with somebody's shared screen: pointers are wanted, and drawn, for as long as it is there. */
export abstract class PointedAt extends LightElement {
  @property({ attribute: false }) call!: Call;
  /** Drawn on from the first time that there is a layer for them. */
  protected marks: Marks | null = null;
  private end: (() => void) | null = null;

  /** Told whose screens nobody may point at. */
  protected abstract forbidden(members: readonly string[]): void;

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  protected override willUpdate(_changes: PropertyValues<this>): void {
    this.end ??= this.begin();
  }

  /** An element that was there before its script knows whom it is for only now. */
  private begin(): () => void {
    const { asides } = this.call.features;
    const unwatch = asides.watchPointers((message) => {
      if (message.type === "pointers") this.marks?.told(message);
      else this.forbidden(message.members);
    });
    const unwant = asides.wantPointers();
    return () => {
      unwatch();
      unwant();
    };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end?.();
    this.end = null;
    this.marks?.clear();
    this.marks = null;
  }
}
