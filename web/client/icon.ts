import { html, type TemplateResult } from "lit";
import type icons from "../icons.json";

/** The names in icons.json: what an icon means here, not what it is called in the set it comes from. */
export type IconName = keyof typeof icons;

/** Address of one symbol in the sprite, for `<use href>`. */
export const iconUrl = (name: IconName): string => `${ICONS_URL}#${name}`;

/** A decorative icon: always beside a word, or inside a button that has an accessible name. */
export const icon = (name: IconName): TemplateResult =>
  html`<svg class="icon" aria-hidden="true" focusable="false"><use href=${iconUrl(name)}></use></svg>`;
