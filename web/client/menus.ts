/** Makes what opens over the page close on Escape, which gives the focus back, and on a touch elsewhere. */
export function closeByThemselves(selector: string): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(selector)) {
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
    // Not sooner than the click: closing moves what lies below, and the press would miss its mark.
    document.addEventListener("click", (event) => {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    });
  }
}
