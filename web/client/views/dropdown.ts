import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Opens and closes what drops from a button: Escape and a press elsewhere close it, focus goes back to the button. */
export class Dropdown implements ReactiveController {
  open = false;

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly button: string,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.listen(false);
    this.open = false;
  }

  readonly toggle = (): void => {
    if (this.open) this.close();
    else this.show();
  };

  show(): void {
    this.open = true;
    this.listen(true);
    this.host.requestUpdate();
  }

  readonly close = (): void => {
    if (!this.open) return;
    this.open = false;
    this.listen(false);
    const { activeElement } = document;
    const inside = activeElement === document.body || this.host.contains(activeElement);
    this.host.requestUpdate();
    if (inside) this.host.querySelector<HTMLElement>(this.button)?.focus();
  };

  private listen(on: boolean): void {
    const change = on ? document.addEventListener : document.removeEventListener;
    change.call(document, "keydown", this.onKey as EventListener, true);
    change.call(document, "pointerdown", this.onPress as EventListener, true);
    change.call(document, "focusin", this.onPress as EventListener, true);
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.close();
  };

  private readonly onPress = (event: Event): void => {
    if (!this.host.contains(event.target as Node)) this.close();
  };
}
