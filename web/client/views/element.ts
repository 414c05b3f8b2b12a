import { LitElement } from "lit";

/** The base of all views: drawn in the page itself, so that the design system's styles apply. */
export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
