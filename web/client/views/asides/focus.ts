import type { LitElement, ReactiveController } from "lit";

class NearFocus implements ReactiveController {
  private place: Element | null = null;
  private within = false;

  constructor(
    private readonly host: LitElement,
    private readonly near: readonly string[],
    private readonly part: string,
  ) {}

  hostUpdate(): void {
    const { activeElement } = document;
    this.within = activeElement !== null && this.host.contains(activeElement);
    this.place = this.within && this.part !== "" ? (activeElement?.closest(this.part) ?? null) : null;
  }

  hostUpdated(): void {
    if (!this.within || this.host.contains(document.activeElement)) return;
    const piece = this.place?.isConnected === true ? this.place : this.host;
    for (const selector of this.near) {
      const found =
        piece.querySelector<HTMLElement>(selector) ?? this.host.querySelector<HTMLElement>(selector);
      if (found === null) continue;
      found.focus();
      return;
    }
  }
}

/**
 * Whoever pressed what is gone now is not thrown out to the page's beginning. Of the selectors `near` the first
 * that is there gets the focus, in the same piece (`part`) of the view if it has one.
 */
export function keepFocusNear(host: LitElement, near: readonly string[], part = ""): void {
  host.addController(new NearFocus(host, near, part));
}
