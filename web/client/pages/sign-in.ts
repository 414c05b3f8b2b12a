// The sign-in page: a passkey instead of a letter, where the browser knows them.

import { passkeys, signIn } from "../passkeys";

const part = document.querySelector<HTMLElement>("[data-passkey]");
const button = part?.querySelector("button");
if (part && button && passkeys) {
  part.hidden = false;
  button.addEventListener("click", async () => {
    const error = part.querySelector("[data-error]");
    button.setAttribute("aria-busy", "true");
    try {
      location.assign(await signIn(part.dataset.next ?? ""));
    } catch {
      if (error) error.textContent = part.dataset.failed ?? "";
      button.removeAttribute("aria-busy");
    }
  });
}
