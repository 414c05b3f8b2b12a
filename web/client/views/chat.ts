import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state as own, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ownRoom, roomOf } from "../apart";
import type { Call } from "../call";
import { pieces, TYPING_FOR } from "../chat";
import { t } from "../i18n";
import { icon } from "../icon";
import { hue, initials } from "../person";
import type { ChatLine, Quote } from "../protocol";
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
  /** The line that is being answered. */
  @own() private answering: ChatLine | null = null;
  /** Whose button "Reply" the keyboard is at; null for the last line's. */
  @own() private current: string | null = null;
  /** A line to jump to, once it is here. */
  private sought: string | null = null;

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
      this.answering = this.state.chat.lines.find((line) => line.id === back.reply) ?? this.answering;
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
    if (this.sought !== null && before?.chat.lines !== this.state.chat.lines) this.jump(this.sought);
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
      ${this.to()} ${this.answer()}
      <form class="chat-write" @submit=${(event: Event) => this.submit(event)}>
        <label class="visually-hidden" for="chat-text">${t("chat.label")}</label>
        <textarea
          class="input"
          id="chat-text"
          rows="2"
          maxlength=${LONGEST}
          aria-describedby=${this.answering === null ? "chat-hint" : "chat-answering chat-hint"}
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
    return html`<div class="chat-line ${self ? "own" : ""} ${again ? "again" : ""} hue-${hue(name)}" data-line=${line.id} tabindex="-1">
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
      ${line.quote ? this.quote(line, line.quote) : nothing}
      ${observes(this.state) ? nothing : this.replyButton(line, name)}
      <p class="chat-text">${pieces(line.text).map(({ text, href }) =>
        href === null
          ? text
          : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`,
      )}</p>
    </div>`;
  }

  /** What a line answers; a press leads there. */
  private quote(line: ChatLine, { member, text }: Quote): TemplateResult {
    const name = member === this.state.me.id ? t("chat.you") : this.nameOf(member);
    return html`<button class="chat-quote small" type="button" data-quote aria-label=${t("chat.quoted", { name, text })} @click=${() => this.jump(line.reply ?? "")}>
      <strong>${name}</strong> <span>${text}</span>
    </button>`;
  }

  /** One of them is in the order of the Tab key, the arrows move between them: a chat has many lines. */
  private replyButton(line: ChatLine, name: string): TemplateResult {
    const at = this.current ?? this.state.chat.lines.at(-1)?.id;
    return html`<button class="button quiet icon-only chat-reply" type="button" data-reply tabindex=${line.id === at ? 0 : -1} aria-label=${t("chat.reply", { name })} data-tip=${t("chat.reply-short")}
      @click=${() => this.begin(line)} @focus=${() => {
        this.current = line.id;
      }} @keydown=${(event: KeyboardEvent) => this.move(event)}>
      ${icon("reply")}
    </button>`;
  }

  private move(event: KeyboardEvent): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const buttons = [...this.querySelectorAll<HTMLElement>("[data-reply]")];
    buttons[buttons.indexOf(event.currentTarget as HTMLElement) + by]?.focus();
  }

  private begin(line: ChatLine): void {
    this.answering = line;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#chat-text")?.focus());
  }

  /** What is being answered, above where one writes. */
  private answer(): TemplateResult | typeof nothing {
    const line = this.answering;
    if (line === null) return nothing;
    const name = line.member === this.state.me.id ? t("chat.you") : this.nameOf(line.member);
    return html`<div class="chat-answering small" id="chat-answering">
      <p>${icon("reply")}<span><strong>${name}</strong> ${line.text}</span></p>
      <button class="button quiet icon-only" type="button" data-reply-not aria-label=${t("chat.reply-not")} @click=${() => this.unanswer()}>${icon("close")}</button>
    </div>`;
  }

  private unanswer(): void {
    this.answering = null;
    this.querySelector<HTMLElement>("#chat-text")?.focus();
  }

  /** Shows a line; one that is further back is fetched first. */
  private jump(id: string): void {
    const line = this.querySelector<HTMLElement>(`[data-line="${CSS.escape(id)}"]`);
    this.sought = line === null && this.state.chat.more === true ? id : null;
    if (this.sought !== null) this.call.floor.fetchChat(true);
    if (line === null) return;
    line.scrollIntoView({ block: "center" });
    line.focus();
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
    if (event.key === "Escape" && this.answering !== null) this.unanswer();
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
    if (this.text.trim() === "" || !this.call.floor.say(this.text, this.everywhere, this.answering?.id))
      return;
    this.text = "";
    this.answering = null;
    this.current = null;
    this.told = Number.NEGATIVE_INFINITY;
  }
}

customElements.define("chat-panel", ChatPanel);
