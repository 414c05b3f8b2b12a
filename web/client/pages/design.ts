// Brings the components page to life: dialogs, toasts and a level meter.

import { closeByThemselves } from "../menus";

for (const button of document.querySelectorAll<HTMLElement>("[data-dialog]")) {
  const dialog = document.getElementById(button.dataset.dialog ?? "");
  button.addEventListener("click", () => dialog instanceof HTMLDialogElement && dialog.showModal());
}

for (const button of document.querySelectorAll<HTMLElement>("[data-toast]")) {
  const template = document.getElementById(button.dataset.toast ?? "");
  const region = document.querySelector("[data-toasts]");
  button.addEventListener("click", () => {
    if (template instanceof HTMLTemplateElement) {
      region?.replaceChildren(template.content.cloneNode(true));
      region
        ?.querySelector("[data-dismiss]")
        ?.addEventListener("click", () => region.replaceChildren(), { once: true });
    }
  });
}

for (const meter of document.querySelectorAll<HTMLElement>("[data-level]")) {
  meter.style.setProperty("--level", meter.dataset.level ?? "0");
}

closeByThemselves("details.menu");
