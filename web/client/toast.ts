/** How long a message stays: it only confirms what the person has just done. */
const SHOWN_MS = 5000;

/** Shows one short message in the page's `[data-toasts]` live region, in place of the one before. */
export function toast(text: string): void {
  const region = document.querySelector("[data-toasts]");
  if (!region) return;
  const box = document.createElement("div");
  const words = document.createElement("span");
  box.className = "toast";
  words.textContent = text;
  box.append(words);
  region.replaceChildren(box);
  setTimeout(() => box.remove(), SHOWN_MS);
}
