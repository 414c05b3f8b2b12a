import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state as own, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ownRoom, roomOf } from "../apart";
import type { Call } from "../call";
import { pieces, TYPING_FOR } from "../chat";
import { t } from "../i18n";
import { icon } from "../icon";
import { hue, initials } from "../person";
import type { ChatLine } from "../protocol";
import { leads, observes, type State } from "../state";
import { LightElement } from "./element";

const LONGEST = 4_000;
/** From here on one is told how much is left. */
const NEARLY = 3_600;
/** How often (ms) the others are told that one writes. */
const TELL_EVERY = 2_000;
/** Within this (px) of the end, a new line scrolls into view. */
const NEAR_END = 80;

/** The chat beside the stage: lines, who is writing, and where one writes. What is typed stays until it is sent. */
export class ChatPanel extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  @property({ attribute: false }) open = false;
  @own() private text = "";
  /** What is written goes to all rooms, not only to one's own. */
  @own() private everywhere = false;

  private told = Number.NEGATIVE_INFINITY;
  private atEnd = true;
  private fading: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.fading);
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    const before = changes.get("state") as State | undefined;
    const { back } = this.state.chat;
    if (before !== undefined && back.count !== before.chat.back.count) {
      this.text = [back.text, this.text].filter((text) => text !== "").join("\n");
    }
    if (this.state.apart === null || !leads(this.state)) this.everywhere = false;
    const list = this.querySelector<HTMLElement>(".chat-lines");
    this.atEnd = list === null || list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
  }

  protected override updated(changes: PropertyValues<this>): void {
    const before = changes.get("state") as State | undefined;
    const opened = changes.has("open") && this.open;
    const entered = this.state.entered && before !== undefined && !before.entered;
    const room = ({ apart, me }: State) => roomOf(apart, me.id);
    const moved = this.open && before !== undefined && room(before) !== room(this.state);
    // A page that came back asks for what it has missed.
    const asks = moved || (this.state.chat.more === null ? opened : entered);
    if (this.state.entered && (asks || (entered && this.open))) {
      this.call.floor.fetchChat();
    }
    if (this.open && (this.atEnd || opened)) {
      const list = this.querySelector<HTMLElement>(".chat-lines");
      list?.scrollTo({ top: list.scrollHeight });
    }
    clearTimeout(this.fading);
    if (Object.keys(this.state.chat.typing).length > 0) {
      this.fading = setTimeout(() => this.requestUpdate(), TYPING_FOR);
    }
  }

  protected override render() {
    const { chat } = this.state;
    return html`<div class="chat">
      <div class="chat-lines" tabindex="0" role="log" aria-label=${t("chat.log")}>
        ${
          chat.more === true
            ? html`<button class="button quiet" type="button" data-chat-earlier @click=${() => this.call.floor.fetchChat(true)}>
                ${t("chat.earlier")}
              </button>`
            : nothing
        }
        ${
          chat.more === false && chat.lines.length === 0
            ? html`<div class="empty">${icon("chat")}<h3>${t("chat.empty")}</h3><p>${t("chat.empty-text")}</p></div>`
            : nothing
        }
        ${repeat(
          chat.lines,
          (line) => line.id,
          (line, index) => this.line(line, chat.lines[index - 1]),
        )}
      </div>
      ${observes(this.state) ? html`<p class="chat-typing small muted">${t("chat.observer")}</p>` : this.writing()}
    </div>`;
  }

  private writing(): TemplateResult {
    return html`<p class="chat-typing small muted">${this.typing()}</p>
      ${this.to()}
      <form class="chat-write" @submit=${(event: Event) => this.submit(event)}>
        <label class="visually-hidden" for="chat-text">${t("chat.label")}</label>
        <textarea
          class="input"
          id="chat-text"
          rows="2"
          maxlength=${LONGEST}
          aria-describedby="chat-hint"
          placeholder=${t("chat.label")}
          .value=${this.text}
          @input=${(event: Event) => this.typed((event.target as HTMLTextAreaElement).value)}
          @keydown=${(event: KeyboardEvent) => this.key(event)}
        ></textarea>
        <button class="button primary icon-only" data-chat-send aria-label=${t("chat.send")} ?disabled=${this.text.trim() === ""}>
          ${icon("send")}
        </button>
        <p class="help" id="chat-hint">${
          this.text.length > NEARLY ? t("chat.left", { count: LONGEST - this.text.length }) : t("chat.hint")
        }</p>
      </form>`;
  }

  private line(line: ChatLine, before: ChatLine | undefined): TemplateResult {
    const self = line.member === this.state.me.id;
    const name = this.nameOf(line.member);
    const again = before?.member === line.member && line.at_ms - before.at_ms < 5 * 60_000;
    const at = new Date(line.at_ms);
    return html`<div class="chat-line ${self ? "own" : ""} ${again ? "again" : ""} hue-${hue(name)}" data-line=${line.id}>
      ${
        again
          ? nothing
          : html`<p class="chat-who">
              <span class="initials" aria-hidden="true">${initials(name)}</span>
              <strong>${self ? t("chat.you") : name}</strong>
              <time class="small muted tabular" datetime=${at.toISOString()}>${at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })}</time>
            </p>`
      }
      ${line.everywhere === true ? html`<p class="chat-everywhere"><span class="badge">${t("chat.everywhere")}</span></p>` : nothing}
      <p class="chat-text">${pieces(line.text).map(({ text, href }) =>
        href === null
          ? text
          : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`,
      )}</p>
    </div>`;
  }

  /** Where a line goes, while there are small rooms. */
  private to(): TemplateResult | typeof nothing {
    const { state } = this;
    if (state.apart === null) return nothing;
    const own = ownRoom(state);
    const words = own === null ? t("chat.to-main") : t("chat.to-room", { number: own.number });
    return html`<div class="chat-to small" data-chat-to=${own?.number ?? 0}>
      <span>${this.everywhere ? t("chat.to-all") : words}</span>
      ${
        leads(state)
          ? html`<label class="check"
              ><input
                type="checkbox"
                data-chat-everywhere
                .checked=${this.everywhere}
                @change=${(event: Event) => {
                  this.everywhere = (event.target as HTMLInputElement).checked;
                }}
              />${t("chat.to-all-rooms")}</label
            >`
          : nothing
      }
    </div>`;
  }

  private nameOf(member: string): string {
    return (
      this.state.members.find((each) => each.id === member)?.name ??
      this.state.room.guests.find((each) => each.id === member)?.name ??
      ""
    );
  }

  private typing(): string {
    const now = performance.now();
    const writing = Object.entries(this.state.chat.typing)
      .filter(([, since]) => now - since < TYPING_FOR)
      .map(([member]) => this.nameOf(member));
    if (writing.length === 0) return "";
    return writing.length === 1 ? t("chat.typing", { name: writing[0] ?? "" }) : t("chat.typing-many");
  }

  private typed(text: string): void {
    this.text = text;
    const now = performance.now();
    if (text.trim() === "" || now - this.told < TELL_EVERY) return;
    this.told = now;
    this.call.floor.types();
  }

  /** Enter sends; not while a word is being composed from several keys. */
  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  private submit(event: Event): void {
    event.preventDefault();
    this.send();
    this.querySelector<HTMLElement>("#chat-text")?.focus();
  }

  private send(): void {
    if (this.text.trim() === "" || !this.call.floor.say(this.text, this.everywhere)) return;
    this.text = "";
    this.told = Number.NEGATIVE_INFINITY;
  }
}

customElements.define("chat-panel", ChatPanel);
