// The account page: passkeys are added where the browser knows them; the browser's own time zone is offered.

import { closeByThemselves } from "../menus";
import { add, passkeys } from "../passkeys";
import { canBeTold, subscribe } from "../push";

const section = document.querySelector<HTMLElement>("[data-passkeys]");
const form = section?.querySelector<HTMLFormElement>("[data-add-passkey]");
const button = form?.querySelector("button");
if (section && form && button && passkeys) {
  section.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const error = form.querySelector("[data-error]");
    button.setAttribute("aria-busy", "true");
    try {
      location.assign(await add(String(new FormData(form).get("name") ?? "")));
    } catch {
      if (error) error.textContent = section.dataset.failed ?? "";
      button.removeAttribute("aria-busy");
    }
  });
}

const push = document.querySelector<HTMLElement>("[data-push]");
const adding = push?.querySelector<HTMLElement>("[data-push-add]");
if (push && adding && canBeTold) {
  push.hidden = false;
  adding.hidden = false;
  adding.querySelector("button")?.addEventListener("click", async (event) => {
    const pressed = event.currentTarget as HTMLElement;
    pressed.setAttribute("aria-busy", "true");
    try {
      location.assign(await subscribe());
    } catch {
      const error = push.querySelector("[data-error]");
      if (error) error.textContent = push.dataset.failed ?? "";
      pressed.removeAttribute("aria-busy");
    }
  });
}

const zones = document.querySelector<HTMLSelectElement>("#zone");
const hint = document.querySelector<HTMLElement>("[data-zone-hint]");
const use = hint?.querySelector("button");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const option = zones && [...zones.options].find((each) => each.value === here);
if (zones && hint && use && option && zones.value !== here) {
  hint.hidden = false;
  use.textContent = (use.dataset.words ?? "").replace("{city}", option.text);
  use.addEventListener("click", () => {
    zones.value = here;
    hint.hidden = true;
    zones.focus();
  });
}

closeByThemselves("details.menu");
