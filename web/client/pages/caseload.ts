// The caseload by keyboard: j and k go down and up the list, Enter opens (as on any link), x chooses.

const links = [...document.querySelectorAll<HTMLAnchorElement>("[data-case]")];
const help = document.querySelector<HTMLElement>("[data-keys]");
if (help) help.hidden = links.length === 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target;
  if (at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement) return;
  if (at instanceof HTMLInputElement && at.type !== "checkbox") return;
  const row = document.activeElement?.closest(".case") ?? null;
  const place = links.findIndex((link) => row?.contains(link));
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    const next = key === "j" ? place + 1 : Math.max(place - 1, 0);
    links[Math.min(next, links.length - 1)]?.focus();
  } else if (key === "x") row?.querySelector<HTMLInputElement>("[name=to]")?.click();
  else return;
  event.preventDefault();
});
