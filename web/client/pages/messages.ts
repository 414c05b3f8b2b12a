// A conversation that is open: what others write appears, Ctrl + Enter sends, and what is typed is kept.

import { Draft } from "../draft";
import { pause } from "../polling";

const list = document.querySelector<HTMLElement>("[data-messages]");
const form = document.querySelector<HTMLFormElement>("[data-write]");
const field = form?.querySelector<HTMLTextAreaElement>("textarea");

if (form && field) {
  const draft = new Draft(sessionStorage, location.pathname);
  const mine = [...document.querySelectorAll(".message.mine .message-text")].at(-1);
  // A draft that stands in the conversation by now was sent. A form that came back with something to put
  // right holds what was typed already.
  if (mine && same(mine.textContent ?? "", draft.read())) draft.keep("");
  if (!field.value) field.value = draft.read();
  field.addEventListener("input", () => draft.keep(field.value));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  for (const hint of form.querySelectorAll<HTMLElement>("[data-keys]")) hint.hidden = false;
}

/** Whether two texts have the same words: the server drops blanks at the ends of lines. */
function same(one: string, other: string): boolean {
  return one.replace(/\s+/g, " ").trim() === other.replace(/\s+/g, " ").trim();
}

/** The server answers within 20 s; what takes longer (ms) is lost on the way. */
const LATE_MS = 30_000;

if (list && !("past" in list.dataset)) {
  let failures = 0;
  let newest = list.dataset.newest ?? "0";
  const offline = document.querySelector<HTMLElement>("[data-offline]");
  const arrived = document.querySelector<HTMLElement>("[data-arrived]");

  let asking: AbortController | null = null;
  let timer = 0;

  /** The server answers when something was written, or after a while; a page in the background does not wait. */
  const ask = async (): Promise<void> => {
    const mine = new AbortController();
    asking = mine;
    const late = window.setTimeout(() => mine.abort(), LATE_MS);
    const visible = document.visibilityState === "visible";
    const wishes = `after=${newest}&read=${visible ? 1 : 0}&wait=${visible && failures === 0 ? 1 : 0}`;
    try {
      const answer = await fetch(`${list.dataset.messages}?${wishes}`, { signal: mine.signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const html = answer.status === 200 ? await answer.text() : "";
      failures = 0;
      if (html) put(html);
    } catch {
      if (asking === mine) failures += 1;
    } finally {
      clearTimeout(late);
    }
    if (asking !== mine) return;
    if (offline) offline.hidden = failures < 2;
    timer = window.setTimeout(ask, pause(document.visibilityState === "visible", failures));
  };

  /** Asks now, whatever was being asked before. */
  const begin = (): void => {
    clearTimeout(timer);
    asking?.abort();
    void ask();
  };

  const put = (html: string): void => {
    const piece = document.createElement("template");
    piece.innerHTML = html;
    // The day stands above the first message of the page's last day already.
    const last = [...list.querySelectorAll(".message-day")].at(-1)?.textContent;
    const day = piece.content.querySelector(".message-day");
    if (day && day.textContent === last) day.remove();
    const items = [...piece.content.querySelectorAll<HTMLElement>(".message")];
    newest = items.at(-1)?.dataset.at ?? newest;
    list.append(piece.content);
    document.querySelector("[data-empty]")?.remove();
    if (arrived) {
      arrived.textContent = items
        .filter((item) => !item.classList.contains("mine"))
        .map((item) => item.textContent?.replace(/\s+/g, " ").trim())
        .join(" ");
    }
    items.at(-1)?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") begin();
  });
  window.addEventListener("offline", () => {
    failures = Math.max(failures, 2);
    if (offline) offline.hidden = false;
  });
  window.addEventListener("online", begin);
  begin();
}

// A message that stands on this page already is shown without another page.
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLElement>("[data-quote]");
  const quoted = link === null ? null : document.getElementById(link.dataset.quote ?? "");
  if (quoted === null) return;
  event.preventDefault();
  quoted.scrollIntoView({ block: "center" });
  quoted.focus();
});
