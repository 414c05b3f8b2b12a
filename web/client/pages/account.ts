// The account page: passkeys are added where the browser knows them.

import { closeByThemselves } from "../menus";
import { add, passkeys } from "../passkeys";

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

closeByThemselves("details.menu");
