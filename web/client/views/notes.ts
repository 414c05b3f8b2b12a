import { html, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";
import { MAIN } from "../apart";
import type { Bootstrap } from "../bootstrap";
import type { Call } from "../call";
import { t } from "../i18n";
import type { NotesState, OpenNotes } from "../notes/types";
import type { NotesLine } from "../notes-line";
import { observes, type State } from "../state";
import { LightElement } from "./element";

/** The shared notes: their editor is fetched when the panel is first opened, and goes on behind a closed one. */
export class NotesPanel extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @property({ attribute: false }) page!: Bootstrap;
  @property({ attribute: false }) open = false;
  @property({ attribute: false }) say: (text: string) => void = () => undefined;
  @property({ attribute: false }) onState: (state: NotesState) => void = () => undefined;
  @state() private failed = false;

  private notes: OpenNotes | null = null;
  private line: NotesLine | null = null;
  private loading = false;
  private wantsFocus = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.shut();
  }

  private shut(): void {
    this.notes?.close();
    this.notes = null;
    this.call.settleNotes = null;
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has("open")) this.wantsFocus = this.open;
    // In another room, small or main, one writes on another page.
    if (!this.loading && this.line !== this.call.notes.here) this.shut();
    // Unsent edits are kept under the room's id, which is known once joined.
    const due = this.notes === null && !this.loading && !this.failed;
    if (due && this.state.room.id !== "") void this.load();
    else this.focusSoon();
  }

  /** Into the editor as soon as it can be written in, unless the person has gone elsewhere meanwhile. */
  private focusSoon(): void {
    if (!this.wantsFocus || this.notes === null) return;
    requestAnimationFrame(() => {
      const { activeElement } = document;
      const near =
        activeElement === document.body || this.closest(".panel")?.contains(activeElement) === true;
      if (!near) this.wantsFocus = false;
      if (!this.wantsFocus || this.notes === null) return;
      this.notes.focus();
      if (this.contains(document.activeElement)) this.wantsFocus = false;
    });
  }

  private async load(): Promise<void> {
    this.loading = true;
    this.failed = false;
    try {
      const { openNotes } = await import("../notes/open");
      const host = this.querySelector<HTMLElement>("[data-notes]");
      if (!this.isConnected || host === null) return;
      const { call, page } = this;
      const line = call.notes.here;
      const { id, expires_ms } = this.state.room;
      this.line = line;
      this.notes = openNotes({
        host,
        transport: line,
        // What is kept for one room must not be taken for another's.
        room: { id: line.room === MAIN ? id : `${id}~${line.room}`, expires_ms },
        me: this.state.me.id,
        reads: observes(this.state),
        person: (id) => this.person(id),
        guests: () => this.state.room.guests,
        t,
        say: this.say,
        notesUrl: line.room === MAIN ? page.notes_url : "",
        onState: (state) => {
          this.onState(state);
          this.focusSoon();
        },
      });
      const { notes } = this;
      call.settleNotes = (timeout) => notes.settled(timeout);
      await notes.ready;
      this.focusSoon();
    } catch {
      this.failed = true;
    } finally {
      this.loading = false;
      this.requestUpdate();
    }
  }

  private person(id: string) {
    const { members, room } = this.state;
    return members.find((member) => member.id === id) ?? room.guests.find((guest) => guest.id === id);
  }

  protected override render() {
    return html`<small-notes .call=${this.call} .state=${this.state} .open=${this.open}></small-notes>
      <div class="notes-host" data-notes></div>
      ${
        this.failed
          ? html`<div class="notes-failed" role="alert">
              <p>${t("panel.notes-failed")}</p>
              <button class="button" type="button" @click=${() => void this.load()}>${t("again")}</button>
            </div>`
          : nothing
      }`;
  }
}

customElements.define("notes-panel", NotesPanel);
