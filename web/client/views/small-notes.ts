import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ownRoom } from "../apart";
import type { Call } from "../call";
import { t } from "../i18n";
import { listed } from "../names";
import type { SmallNote } from "../protocol";
import type { State } from "../state";
import { LightElement } from "./element";

/** Beside the notes: whose they are while there are small rooms, and what was written in those that are over. */
export class SmallNotes extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @property({ attribute: false }) open = false;

  private asked = false;

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has("open") || this.state.smallNotes !== null) this.asked = false;
    const { state } = this;
    const apart = ownRoom(state) !== null || state.room.guests.length < 3;
    if (!this.open || apart || this.asked || state.smallNotes !== null || !state.entered || !state.joined)
      return;
    this.asked = true;
    this.call.features.apart.fetchNotes();
  }

  protected override render() {
    const { state } = this;
    const own = ownRoom(state);
    if (own !== null) {
      const readers = state.apart?.notes === "all" ? "apart.notes-own-all" : "apart.notes-own";
      return html`<p class="small-notes-whose small" data-notes-room=${own.number}>${t(readers, { number: own.number })}</p>`;
    }
    const notes = state.smallNotes ?? [];
    if (notes.length === 0) return nothing;
    return html`<details class="small-notes">
      <summary class="apart-more">${t("apart.notes", { count: notes.length })}</summary>
      <ol role="list">
        ${repeat(
          notes,
          ({ room }) => room,
          (note) => this.note(note),
        )}
      </ol>
    </details>`;
  }

  private note({ room, number, at_ms, members, text, cut }: SmallNote): TemplateResult {
    const { guests } = this.state.room;
    const names = listed(guests.filter(({ id }) => members.includes(id)));
    const time = new Date(at_ms);
    return html`<li data-small-note=${room}>
      <h3>${t("apart.room", { number })}</h3>
      <p class="small muted">
        ${names}
        <time class="tabular" datetime=${time.toISOString()}
          >${time.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })}</time
        >
      </p>
      <p class="small-notes-text">${text}</p>
      ${cut ? html`<p class="small muted">${t("apart.notes-cut")}</p>` : nothing}
    </li>`;
  }
}

customElements.define("small-notes", SmallNotes);
