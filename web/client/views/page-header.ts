import { html, type TemplateResult } from "lit";
import { t } from "../i18n";
import { icon } from "../icon";

const languages = { en: "English", fr: "Français" } as const;

/** The mark, and the other language: the same as on the server's pages. */
export function pageHeader(): TemplateResult {
  const other = document.documentElement.lang === "fr" ? "en" : "fr";
  return html`<header class="room-header">
    <span class="room-brand"
      ><svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
        <circle cx="12.6" cy="14.2" r="10.2"></circle>
        <circle cx="22.6" cy="20.6" r="6.6"></circle></svg
      >${t("app.name")}</span
    >
    <form method="post" action="/language" aria-label=${t("header.language")}>
      <input type="hidden" name="next" .value=${location.pathname} />
      <button class="button quiet" name="language" value=${other} lang=${other}>
        ${icon("language")}${languages[other]}
      </button>
    </form>
  </header>`;
}
