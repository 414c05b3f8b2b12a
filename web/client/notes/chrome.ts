/** What surrounds the text in both modes: the toolbar above, who writes and whether it is saved below. */

import { html, nothing, render, type TemplateResult } from "lit";
import { type IconName, icon } from "../icon";
import { action, bold, type Command, decision, heading, list } from "./commands";
import type { NotesSession } from "./session";
import type { MountOptions, NotesMode, NotesState } from "./types";

/** What the toolbar works on: the editor or the textarea. */
export interface Surface {
  run(command: Command): void;
  focus(): void;
}

const STATE_ICONS: Record<NotesState, IconName> = {
  saved: "save",
  saving: "refresh",
  offline: "connection-off",
};

interface Tool {
  icon: IconName;
  key: string;
  press: () => void;
  /** False: nothing to do at the moment. */
  able?: boolean;
}

export class Chrome {
  /** Where the view puts the text. */
  readonly page = document.createElement("div");
  private readonly root = document.createElement("div");
  private readonly stops: (() => void)[];
  private readonly undoChanged = (): void => this.draw();
  /** Which of the toolbar's buttons Tab reaches. */
  private current = 0;
  private wasOffline = false;

  constructor(
    private readonly options: MountOptions,
    private readonly session: NotesSession,
    private readonly mode: NotesMode,
    private readonly surface: Surface,
  ) {
    this.page.className = "notes-page";
    this.root.className = "notes";
    options.host.append(this.root);
    this.stops = [session.onChange(() => this.changed()), session.presence.onChange(() => this.draw())];
    session.undo.on("stack-item-added", this.undoChanged);
    session.undo.on("stack-item-popped", this.undoChanged);
    document.addEventListener("pointerdown", this.closeMenus);
    this.changed();
  }

  destroy(): void {
    for (const stop of this.stops) stop();
    this.session.undo.off("stack-item-added", this.undoChanged);
    this.session.undo.off("stack-item-popped", this.undoChanged);
    document.removeEventListener("pointerdown", this.closeMenus);
    this.root.remove();
  }

  private changed(): void {
    const { state } = this.session;
    if (state === "offline") this.wasOffline = true;
    if (state === "saved" && this.wasOffline) {
      this.wasOffline = false;
      this.options.say(this.options.t("notes.say.saved"));
    }
    this.options.onState?.(state);
    this.draw();
  }

  private draw(): void {
    render(html`${this.toolbar()} ${this.page} ${this.waiting()} ${this.foot()}`, this.root);
  }

  // ---------------------------------------------------------------- above

  private toolbar(): TemplateResult {
    const { t } = this.options;
    const { undo } = this.session;
    const write = (command: Command) => () => this.surface.run(command);
    const tools: Tool[] = [
      { icon: "heading", key: "notes.heading", press: write(heading) },
      { icon: "bold", key: "notes.bold", press: write(bold) },
      { icon: "list", key: "notes.list", press: write(list) },
      { icon: "decision", key: "notes.decision", press: write(decision(`${t("notes.decision.begins")} `)) },
      { icon: "undo", key: "notes.undo", press: () => undo.undo(), able: undo.undoStack.length > 0 },
      { icon: "redo", key: "notes.redo", press: () => undo.redo(), able: undo.redoStack.length > 0 },
    ];
    const [first, last] = [tools.slice(0, 4), tools.slice(4)];
    return html`<div
      class="notes-tools"
      role="toolbar"
      aria-label=${t("notes.tools")}
      @keydown=${this.walk}
      @focusin=${this.reached}
      @mousedown=${keepFocus}
    >
      ${this.options.reads ? nothing : html`${first.map((tool) => this.button(tool))} ${this.owners()}`}
      <span class="notes-gap"></span>
      ${this.options.reads ? nothing : last.map((tool) => this.button(tool))} ${this.more()}
    </div>`;
  }

  private button(tool: Tool): TemplateResult {
    const name = this.options.t(tool.key);
    const press = (): void => {
      if (tool.able === false) return;
      tool.press();
      this.surface.focus();
    };
    return html`<button
      type="button"
      class="button quiet icon-only"
      data-notes-tool=${tool.icon}
      data-tip=${name}
      aria-label=${name}
      aria-disabled=${tool.able === false || !this.session.ready ? "true" : nothing}
      tabindex="-1"
      @click=${this.session.ready ? press : nothing}
    >
      ${icon(tool.icon)}
    </button>`;
  }

  /** Action items have an owner: choosing one writes the line. */
  private owners(): TemplateResult {
    const { t, guests } = this.options;
    const names = guests().map((guest) => guest.name);
    return html`<details class="menu left" data-notes-tool="action" @keydown=${this.menuKey}>
      <summary class="button quiet" tabindex="-1" data-tip=${t("notes.action")}>
        ${icon("action")}<span class="notes-word">${t("notes.action")}</span>
      </summary>
      <div class="menu-list">
        <p class="small muted">${t("notes.action.whose")}</p>
        ${names.map(
          (name) =>
            html`<button
              type="button"
              class="menu-item"
              @click=${(event: Event) => {
                closeMenu(event);
                if (!this.session.ready) return;
                this.surface.run(action(name, names));
                this.surface.focus();
              }}
            >
              ${icon("person")}${name}
            </button>`,
        )}
      </div>
    </details>`;
  }

  private more(): TemplateResult {
    const { t, notesUrl, switchMode } = this.options;
    const makeBold = (event: Event): void => {
      closeMenu(event);
      if (!this.session.ready) return;
      this.surface.run(bold);
      this.surface.focus();
    };
    const other: NotesMode = this.mode === "rich" ? "plain" : "rich";
    return html`<details class="menu" data-notes-tool="more" @keydown=${this.menuKey}>
      <summary class="button quiet icon-only" tabindex="-1" aria-label=${t("notes.more")} data-tip=${t("notes.more")}>
        ${icon("more")}
      </summary>
      <div class="menu-list">
        <button type="button" class="menu-item notes-narrow" @click=${makeBold}>
          ${icon("bold")}<span>${t("notes.bold")}</span>
        </button>
        <button
          type="button"
          class="menu-item"
          data-notes-mode=${other}
          @click=${(event: Event) => {
            closeMenu(event);
            switchMode(other);
          }}
        >
          ${icon(other === "plain" ? "text" : "notes")}
          <span>
            ${t(`notes.mode.${other}`)}<br />
            <span class="small muted">${t(`notes.mode.${other}.why`)}</span>
          </span>
        </button>
        ${
          notesUrl === ""
            ? nothing
            : html`<a class="menu-item" data-notes-export href=${notesUrl} download>
          ${icon("download")}<span>${t("notes.export")}</span>
        </a>`
        }
      </div>
    </details>`;
  }

  // ---------------------------------------------------------------- below

  private waiting(): TemplateResult | typeof nothing {
    if (this.session.ready) return nothing;
    const offline = this.session.state === "offline";
    return html`<p class="notes-waiting">
      ${offline ? icon("connection-off") : html`<span class="spinner"></span>`}
      <span>${this.options.t(offline ? "notes.waiting.offline" : "notes.waiting")}</span>
    </p>`;
  }

  private foot(): TemplateResult {
    const { t } = this.options;
    const { state } = this.session;
    return html`<div class="notes-foot">
      <p class="notes-state" data-notes-state=${state}>
        ${icon(STATE_ICONS[state])}<span>${t(`notes.state.${state}`)}</span>
      </p>
      <p class="notes-writing" data-notes-writing>${this.writing()}</p>
    </div>`;
  }

  /** Who is writing at the moment, in one sentence. */
  private writing(): string {
    const { t, person } = this.options;
    const ids = new Set(this.session.presence.others().flatMap(({ id, typing }) => (typing ? [id] : [])));
    const names = [...ids].flatMap((id) => person(id)?.name ?? []);
    const [first, second] = names;
    if (first === undefined) return "";
    if (second === undefined) return t("notes.writing.one", { name: first });
    if (names.length === 2) return t("notes.writing.two", { first, second });
    return t("notes.writing.many", { count: names.length });
  }

  // ---------------------------------------------------------------- keys

  private stepping(): HTMLElement[] {
    const all = this.root.querySelectorAll<HTMLElement>(
      ".notes-tools > button, .notes-tools > .menu > summary",
    );
    return [...all].filter((each) => each.offsetParent !== null);
  }

  /** The toolbar is one stop for Tab; arrows walk along it. */
  private readonly walk = (event: KeyboardEvent): void => {
    const stops = this.stepping();
    const at = stops.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const last = stops.length - 1;
    const to = {
      ArrowLeft: at === 0 ? last : at - 1,
      ArrowRight: at === last ? 0 : at + 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    stops[to]?.focus();
  };

  private readonly reached = (event: FocusEvent): void => {
    const at = this.stepping().indexOf(event.target as HTMLElement);
    if (at < 0) return;
    this.current = at;
    this.tabStop();
  };

  /** Lit leaves these alone: which button is the stop is no state of the notes. */
  private tabStop(): void {
    for (const [index, stop] of this.stepping().entries()) stop.tabIndex = index === this.current ? 0 : -1;
  }

  /** To be called once the toolbar is on the page. */
  settle(): void {
    this.tabStop();
  }

  private readonly menuKey = (event: KeyboardEvent): void => {
    const menu = event.currentTarget as HTMLDetailsElement;
    if (!menu.open) return;
    const items = [...menu.querySelectorAll<HTMLElement>(".menu-item")];
    const at = items.indexOf(event.target as HTMLElement);
    if (event.key === "Escape") {
      event.stopPropagation();
      menu.open = false;
      menu.querySelector("summary")?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      items[(at + step + items.length) % items.length]?.focus();
    }
  };

  private readonly closeMenus = (event: Event): void => {
    for (const menu of this.root.querySelectorAll<HTMLDetailsElement>("details[open]")) {
      if (!event.composedPath().includes(menu)) menu.open = false;
    }
  };
}

function closeMenu(event: Event): void {
  const menu = (event.currentTarget as HTMLElement).closest("details");
  if (menu) menu.open = false;
}

/** A press on a tool leaves the caret, and a phone's keyboard, where they are. */
function keepFocus(event: Event): void {
  if ((event.target as Element).closest("button")) event.preventDefault();
}
