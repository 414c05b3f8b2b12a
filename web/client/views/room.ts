import { html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";
import { roomOf } from "../apart";
import type { Bootstrap } from "../bootstrap";
import type { Call } from "../call";
import { browserHost, canShareScreen } from "../devices";
import { corners } from "../layout";
import { captionsOnScreen, LazyViews, leavesEmpty, needed } from "../lazy";
import { sessionTitle } from "../names";
import { hasUnsent, shelfHere } from "../notes/shelf";
import type { NotesState } from "../notes/types";
import { pollOnScreen } from "../polls";
import { proposed } from "../rotation";
import { isTyping, type Shortcut, shortcutOf } from "../shortcuts";
import { arranged, canArrange } from "../stage";
import { canPart, handUp, lit, observes, type PanelName, type State } from "../state";
import { browserTimers } from "../timers";
import { nextOf } from "../visits";
import { fetchApartViews } from "./apart";
import { banner } from "./banner";
import { controlBar } from "./control-bar";
import { LightElement } from "./element";
import type { ShortcutHelp } from "./help";
import type { LeaveDialog } from "./leave-dialog";
import { observing } from "./observing";
import { panel } from "./panel";
import type { RoomActs } from "./room-acts";
import type { DeviceSettings } from "./settings";
import { toasts } from "./toasts";
import "./data-choices";
import "./help";
import "./leave-dialog";
import "./notes";
import "./settings";
import "./stage";
import "./timer-ring";

/** For so long (ms) after somebody who writes is moved single keys do nothing. */
const MOVED_FOR = 2_000;

/** The room: the stage, the timer above it, the controls below, one panel beside it. */
export class SessionRoom extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @property({ attribute: false }) page!: Bootstrap;
  @property({ attribute: false }) say: (text: string) => void = () => undefined;
  @state() private notes: NotesState | null = null;
  /** Notes stay mounted once opened: what was typed goes on being saved. */
  @state() private notesOpened = false;

  private readonly canShare = canShareScreen(browserHost());
  /** When (browser clock, ms) this person was last moved to another room while writing. */
  private moved = Number.NEGATIVE_INFINITY;
  private readonly onKey = (event: KeyboardEvent): void => {
    // What was written in is gone, and letters are still meant.
    if (!this.state.shortcuts || event.timeStamp - this.moved < MOVED_FOR) return;
    const act = shortcutOf(event, isTyping(event.composedPath()[0] ?? null));
    if (act === null) return;
    event.preventDefault();
    if (act === "leave") this.querySelector<LeaveDialog>("leave-dialog")?.show();
    else this.run(act);
  };
  private readonly lazy = new LazyViews(
    browserTimers,
    (view) => {
      const { panel } = this.state;
      if (panel === null || !leavesEmpty(panel, view)) return;
      this.call.toast("toast.view-failed", {}, "problem");
      this.togglePanel(panel);
    },
    () => this.requestUpdate(),
  );
  private readonly redraw = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("fullscreenchange", this.redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("fullscreenchange", this.redraw);
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    const before = changes.get("state");
    const room = ({ apart, me }: State) => roomOf(apart, me.id);
    const types = isTyping(document.activeElement);
    if (before !== undefined && types && room(before) !== room(this.state)) this.moved = performance.now();
    this.lazy.fetch(needed(this.state));
    if (this.state.panel === "notes") this.notesOpened = true;
    // Nobody waits for them when the session is divided; two alone never need them.
    if (changes.has("state") && this.state.entered && this.state.room.guests.length > 2) {
      void fetchApartViews().catch(() => undefined);
    }
    // What an earlier life of this page could not send goes out even if nobody opens the panel.
    if (this.state.entered && !changes.get("state")?.entered && hasUnsent(shelfHere(), this.state.room.id)) {
      this.notesOpened = true;
    }
  }

  protected override updated(changes: PropertyValues<this>): void {
    const before = changes.get("state");
    if (before !== undefined && before.panel !== this.state.panel)
      this.moveFocus(before.panel, this.state.panel);
  }

  /** Into a panel that opens, back to its button when it closes. */
  private moveFocus(before: PanelName | null, after: PanelName | null): void {
    if (after !== null) {
      this.querySelector<HTMLElement>(`#panel-${after}`)?.focus();
    } else if (this.contains(document.activeElement) || document.activeElement === document.body) {
      const button = before === "notes" || before === "chat" || before === "people" ? before : "more";
      this.querySelector<HTMLElement>(`.controls [data-control=${button}]`)?.focus();
    }
  }

  private readonly acts: RoomActs = {
    run: (act) => this.run(act),
    showOwn: (shown) => this.call.store.dispatch({ type: "own", shown }),
    moveOwn: () => {
      const next = corners[(corners.indexOf(this.state.ownCorner) + 1) % corners.length];
      if (next !== undefined) this.call.store.dispatch({ type: "own", corner: next });
    },
    react: (reaction) => this.call.floor.react(reaction),
    data: () => this.call.store.dispatch({ type: "panel", panel: "data" }),
    open: (panel) => this.togglePanel(panel),
    details: () => this.call.store.dispatch({ type: "panel", panel: "details" }),
    worry: () => {
      import("./worry").then(
        ({ openWorry }) => openWorry(this, this.page.token),
        () => this.call.toast("worry.not-loaded", {}, "problem"),
      );
    },
    float: () => {
      import("../float")
        .then(({ toggleFloat }) => toggleFloat(this.call))
        .catch(() => this.call.toast("toast.view-failed", {}, "problem"));
    },
    devices: () => void this.querySelector<DeviceSettings>("device-settings")?.show(),
  };

  private run(act: Shortcut): void {
    const { call, state } = this;
    if (observes(state) && ofParticipants.has(act)) return;
    switch (act) {
      case "microphone":
        call.devices.setMicrophone(state.mine.microphone === "off");
        break;
      case "camera":
        call.devices.setCamera(state.mine.camera === "off");
        break;
      case "screen":
        if (this.canShare) call.devices.setScreen(state.mine.screen === "off");
        break;
      case "notes":
      case "chat":
      case "people":
        this.togglePanel(act);
        break;
      case "view":
        if (canArrange(state)) {
          call.store.dispatch({
            type: "arrangement",
            arrangement: arranged(state) === "grid" ? "speaker" : "grid",
          });
        }
        break;
      case "hand":
        call.floor.raiseHand(!handUp(state));
        break;
      case "apart":
        this.smallRooms();
        break;
      case "next-visitor":
        if (state.queue !== null && nextOf(state.queue) !== null)
          call.ask({ type: "queue-command", action: "next" });
        break;
      case "fullscreen":
        void toggleFullscreen();
        break;
      case "leave":
        void call.leave();
        break;
      case "help":
        this.querySelector<ShortcutHelp>("shortcut-help")?.show();
        break;
    }
  }

  /** The rounds that the agenda asks for begin; else what whoever leads can do about small rooms is shown. */
  private smallRooms(): void {
    const rounds = proposed(this.state);
    if (rounds !== null) this.call.features.apart.rotate(rounds);
    else if (canPart(this.state)) this.togglePanel("apart");
  }

  private togglePanel(panel: PanelName): void {
    this.call.store.dispatch({ type: "panel", panel: this.state.panel === panel ? null : panel });
  }

  protected override render() {
    const { call, state } = this;
    const close = () => call.store.dispatch({ type: "panel", panel: null });
    return html`<div class="session" data-panel-open=${state.panel ?? nothing}>
      <main class="session-main" data-theme="dark" data-signal=${lit(state) ?? nothing}>
        <h1 class="visually-hidden">${sessionTitle(state.room)}</h1>
        <room-stage .call=${call} .state=${state}></room-stage>
        <div class="session-top">
          <session-timer .call=${call} .state=${state}></session-timer>
          ${state.queue === null ? nothing : html`<queue-desk .call=${call} .state=${state}></queue-desk>`}
          ${observing(state)}
          <small-room-line .call=${call} .state=${state}></small-room-line>
          ${banner(state, call)}
          ${state.keeping.by === null ? nothing : html`<caption-keeping .call=${call} .state=${state}></caption-keeping>`}
        </div>
        ${state.mine.screen === "on" ? html`<own-share .call=${call} .state=${state}></own-share>` : nothing}
        ${pollOnScreen(state.polls) === null ? nothing : html`<poll-card .call=${call} .state=${state}></poll-card>`}
        <div class="session-bottom">
          ${captionsOnScreen(state) ? html`<caption-strip .call=${call} .state=${state}></caption-strip>` : nothing}
          ${toasts(state)}
          ${controlBar(state, this.acts, this.canShare, this.notes)}
        </div>
      </main>
      ${panel(
        "notes",
        state.panel === "notes",
        close,
        this.notesOpened
          ? html`<notes-panel
              .call=${call}
              .state=${state}
              .page=${this.page}
              .say=${this.say}
              .open=${state.panel === "notes"}
              .onState=${(notes: NotesState) => {
                this.notes = notes;
              }}
            ></notes-panel>`
          : html``,
      )}
      ${panel(
        "chat",
        state.panel === "chat",
        close,
        html`<chat-panel .call=${call} .state=${state} .open=${state.panel === "chat"}></chat-panel>`,
      )}
      ${panel(
        "people",
        state.panel === "people",
        close,
        html`<people-panel
          .state=${state}
          .call=${call}
          .details=${this.acts.details}
        ></people-panel>`,
      )}
      ${panel(
        "polls",
        state.panel === "polls",
        close,
        html`<polls-panel .call=${call} .state=${state}></polls-panel>`,
      )}
      ${panel(
        "captions",
        state.panel === "captions",
        close,
        state.panel === "captions"
          ? html`<captions-panel .call=${call} .state=${state}></captions-panel>`
          : html``,
      )}
      ${panel(
        "apart",
        state.panel === "apart",
        close,
        state.panel === "apart" ? html`<small-rooms .call=${call} .state=${state}></small-rooms>` : html``,
      )}
      ${panel(
        "details",
        state.panel === "details",
        close,
        state.panel === "details"
          ? html`<details-panel .call=${call} .state=${state} .say=${this.say}></details-panel>`
          : html``,
      )}
      ${panel(
        "data",
        state.panel === "data",
        close,
        state.panel === "data"
          ? html`<data-choices class="data-panel" .call=${call} .state=${state}></data-choices>`
          : html``,
      )}
      <device-settings .call=${call} .state=${state}></device-settings>
      <shortcut-help .call=${call} .state=${state}></shortcut-help>
      <leave-dialog .leave=${() => this.run("leave")}></leave-dialog>
    </div>`;
  }
}

/** What somebody who only sees and hears has no use for. */
const ofParticipants: ReadonlySet<Shortcut> = new Set(["microphone", "camera", "screen", "hand"]);

async function toggleFullscreen(): Promise<void> {
  try {
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch {
    // An iPhone has no full screen for pages: nothing to say about it.
  }
}

customElements.define("session-room", SessionRoom);
