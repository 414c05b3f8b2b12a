// The links page, made smoother: copy with one touch, times in the reader's own zone, menus that close.

import { closeByThemselves } from "../menus";
import { toast } from "../toast";

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
  const address = button.parentElement?.querySelector<HTMLInputElement>("[data-address]");
  if (!address) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (await copy(address)) toast(button.dataset.copy ?? "");
  });
  address.addEventListener("focus", () => address.select());
}

const all = document.querySelector<HTMLElement>("[data-all]");
const copyAll = all?.querySelector<HTMLButtonElement>("[data-copy-all]");
if (all && copyAll) {
  copyAll.hidden = false;
  copyAll.addEventListener("click", async () => {
    const text = document.createElement("textarea");
    text.value = all.dataset.all ?? "";
    text.className = "visually-hidden";
    all.append(text);
    if (await copy(text)) toast(copyAll.dataset.copyAll ?? "");
    text.remove();
    copyAll.focus();
  });
}

/** The clipboard is only there on https and localhost; the old command works on other addresses. */
async function copy(address: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(address.value);
    return true;
  } catch {
    address.focus();
    address.select();
    return document.execCommand("copy");
  }
}

for (const line of document.querySelectorAll<HTMLElement>("[data-until]")) {
  // The server writes English dates the British way (web/i18n.py): so does this.
  const locale = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const until = new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  }).format(Number(line.dataset.instant));
  line.textContent = (line.dataset.until ?? "").replace("{until}", until);
}

closeByThemselves("details.menu, details.qr");
