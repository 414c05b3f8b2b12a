/** The pointers that are drawn over a picture. Past the templates: they move many times a second. */

import type { Rect } from "../../layout";
import { hue } from "../../person";
import { FADES, type Place, pointAt, pointing, type Shown, STILL, stillPointing } from "../../pointing";
import type { Pointers } from "../../protocol";

/** Filled, so that it can be made out on any picture; its tip is at the origin. */
const ARROW = "M1 1 L8 21 L11.5 12.5 L20 9 Z";
const SVG = "http://www.w3.org/2000/svg";

export interface MarksHost {
  /** What a member is called here, and by everybody: that gives the colour, the same for all. */
  name(member: string): { readonly here: string; readonly name: string };
  /** Where the picture lies in the layer; null while there is none. */
  picture(): Rect | null;
  /** Calls back when the first points, or the last no longer. */
  changed(any: boolean): void;
}

export class Marks {
  private shown: ReadonlyMap<string, Shown> = new Map();
  private readonly drawn = new Map<string, HTMLElement>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly layer: HTMLElement,
    private readonly of: string,
    private readonly host: MarksHost,
  ) {}

  /** Others, as the server tells. */
  told(message: Pointers): void {
    this.become(pointing(this.shown, message, this.of, performance.now()));
  }

  /** One's own, at once; null when one points no longer. */
  own(member: string, place: Place | null): void {
    const after = new Map(this.shown);
    if (place === null) after.delete(member);
    else after.set(member, { ...place, at: performance.now() });
    this.become(after);
  }

  /** The picture lies elsewhere now. */
  place(): void {
    const picture = this.host.picture();
    for (const [member, element] of this.drawn) {
      const at = this.shown.get(member);
      element.hidden = picture === null || at === undefined;
      element.toggleAttribute("data-still", at !== undefined && performance.now() - at.at >= FADES);
      if (picture === null || at === undefined) continue;
      const { x, y } = pointAt(picture, at);
      element.style.setProperty("transform", `translate(${x}px, ${y}px)`);
    }
  }

  clear(): void {
    clearTimeout(this.timer);
    this.become(new Map());
  }

  private become(after: ReadonlyMap<string, Shown>): void {
    const any = after.size > 0;
    const had = this.shown.size > 0;
    this.shown = after;
    for (const [member, element] of this.drawn) {
      if (after.has(member)) continue;
      element.remove();
      this.drawn.delete(member);
    }
    for (const member of after.keys()) {
      if (!this.drawn.has(member)) this.drawn.set(member, this.layer.appendChild(this.mark(member)));
    }
    this.place();
    if (any !== had) this.host.changed(any);
    clearTimeout(this.timer);
    if (any)
      this.timer = setTimeout(() => this.become(stillPointing(this.shown, performance.now())), STILL / 4);
  }

  private mark(member: string): HTMLElement {
    const { here, name } = this.host.name(member);
    const mark = document.createElement("div");
    mark.className = `pointer hue-${hue(name)}`;
    mark.dataset.pointer = member;
    const arrow = document.createElementNS(SVG, "svg");
    arrow.setAttribute("viewBox", "0 0 22 22");
    arrow.appendChild(document.createElementNS(SVG, "path")).setAttribute("d", ARROW);
    const label = document.createElement("span");
    label.textContent = here;
    mark.append(arrow, label);
    return mark;
  }
}
