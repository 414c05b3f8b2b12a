// The start form, made smoother: people are added and removed one by one, the chosen format shows its
// minutes, the button says that it is busy. Without this script the form does the same, with more rows.

const find = <T extends Element>(selector: string, inside: ParentNode = document): T | null =>
  inside.querySelector<T>(selector);

function followFormat(): void {
  const minutes = find<HTMLInputElement>("#minutes");
  for (const choice of document.querySelectorAll<HTMLInputElement>('input[name="format"]')) {
    choice.addEventListener("change", () => {
      if (minutes) minutes.placeholder = choice.dataset.minutes ?? "";
    });
  }
}

/** A row keeps its place and number; removing one moves what the later rows hold up by one. */
function managePeople(people: HTMLElement): void {
  const rows = [...people.querySelectorAll<HTMLElement>("[data-person]")];
  const list = find<HTMLElement>("[data-rows]", people);
  const add = find<HTMLButtonElement>("[data-add]", people);
  if (!list || !add) return;
  let shown = Number(people.dataset.shown);

  const name = (row: HTMLElement | undefined) => row && find<HTMLInputElement>('[name="name"]', row);
  const role = (row: HTMLElement | undefined) => row && find<HTMLSelectElement>("select", row);

  const draw = (): void => {
    rows.forEach((row, index) => {
      row.hidden = index >= shown;
      const remove = find<HTMLButtonElement>("[data-remove]", row);
      if (remove) remove.hidden = shown <= 2;
    });
    add.hidden = shown >= rows.length;
  };

  rows.forEach((row, index) => {
    find<HTMLButtonElement>("[data-remove]", row)?.addEventListener("click", () => {
      for (let place = index; place < shown; place += 1) {
        const [into, from] = [rows[place], rows[place + 1]];
        const [intoName, intoRole] = [name(into), role(into)];
        const more = place + 1 < shown;
        if (intoName) {
          intoName.value = (more && name(from)?.value) || "";
          intoName.removeAttribute("aria-invalid");
        }
        if (intoRole) intoRole.value = (more && role(from)?.value) || "mentee";
        if (into) find(".error", into)?.remove();
      }
      shown -= 1;
      draw();
      name(rows[Math.min(index, shown - 1)])?.focus();
    });
  });

  add.addEventListener("click", () => {
    shown += 1;
    draw();
    name(rows[shown - 1])?.focus();
  });

  list.append(...rows);
  find("[data-more]", people)?.remove();
  draw();
}

function sayBusy(): void {
  const button = find<HTMLButtonElement>("[data-submit]");
  button?.form?.addEventListener("submit", () => button.setAttribute("aria-busy", "true"));
  // Coming back by the browser's back button shows the page as it was left: busy.
  addEventListener("pageshow", () => button?.removeAttribute("aria-busy"));
}

/** The heading of the notes has the day as it is here. */
function sayZone(): void {
  const zone = find<HTMLInputElement>("[data-zone]");
  if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

followFormat();
sayZone();
const people = find<HTMLElement>("[data-people]");
if (people) managePeople(people);
sayBusy();
find<HTMLElement>("[data-summary]")?.focus();
