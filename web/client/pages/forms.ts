// Every page and its forms, made smoother: what is to be put right gets the focus, a form goes out once however often
// it is pressed, and while the server can't be reached nothing is sent and nothing that was typed is lost.

import { keepOffline } from "../installed";

/** A line that has not answered within this time (ms) carries no form either. */
const REACHED_WITHIN = 8_000;

keepOffline();
document.querySelector<HTMLElement>("[data-summary]")?.focus();
// Where the tabs are wider than the screen, the page's own one is not to be out of sight.
document.querySelector(".tabs > [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

for (const form of document.querySelectorAll<HTMLFormElement>('main form[method="post"]')) {
  if (form.querySelector("input:not([type=hidden]), textarea, select") === null) continue;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || form.dataset.reached !== undefined) {
      // The second pass, once the server has answered: the browser sends the form as it is.
      delete form.dataset.reached;
      return;
    }
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    void send(form, event.submitter as HTMLButtonElement | null);
  });
}

// A page that the browser has kept and shows again is not sending anything.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>("main form[aria-busy]"))
    busy(form, null, false);
});

async function send(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
  busy(form, button, true);
  const reached = await answers();
  tell(form, !reached);
  if (!reached) {
    busy(form, button, false);
    return;
  }
  form.dataset.reached = "";
  form.requestSubmit(button);
}

async function answers(): Promise<boolean> {
  try {
    const answer = await fetch("/healthz", {
      cache: "no-store",
      signal: AbortSignal.timeout(REACHED_WITHIN),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

function busy(form: HTMLFormElement, button: HTMLButtonElement | null, on: boolean): void {
  for (const element of button === null ? [form] : [form, button]) {
    if (on) element.setAttribute("aria-busy", "true");
    else element.removeAttribute("aria-busy");
  }
  if (on) return;
  for (const each of form.querySelectorAll("[aria-busy]")) each.removeAttribute("aria-busy");
}

/** Says above the form that nothing was sent; takes that away again. */
function tell(form: HTMLFormElement, unreached: boolean): void {
  form.previousElementSibling?.closest("[data-unreached]")?.remove();
  const words = document.querySelector<HTMLTemplateElement>("template[data-unreached-words]");
  if (!unreached || words === null) return;
  const banner = document.createElement("div");
  banner.dataset.unreached = "";
  banner.setAttribute("role", "alert");
  banner.append(words.content.cloneNode(true));
  form.before(banner);
}
