import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../i18n";
import { type IconName, icon } from "../icon";
import { reactions } from "../reactions";
import { keyOf, type Shortcut } from "../shortcuts";
import { arranged, canArrange } from "../stage";
import { canPart, handUp, leads, observes, type State } from "../state";
import { Dropdown } from "./dropdown";
import { LightElement } from "./element";
import type { RoomActs } from "./room-acts";

/** Whether this browser has small windows over other apps. */
const canFloat = "documentPictureInPicture" in window || document.pictureInPictureEnabled;

/** What is needed less often; on a narrow screen also what has no room in the bar. */
export class MoreMenu extends LightElement {
  @property({ attribute: false }) state!: State;
  @property({ attribute: false }) acts!: RoomActs;
  @property({ attribute: false }) canShare = false;

  private readonly menu = new Dropdown(this, "[data-control=more]");

  protected override render() {
    const { open } = this.menu;
    return html`<button
        class="control ${open ? "on" : ""}"
        type="button"
        data-control="more"
        aria-expanded=${open}
        aria-controls="more"
        aria-label=${t("control.more-label")}
        data-tip=${open ? nothing : t("control.more-label")}
        @click=${this.menu.toggle}
      >
        ${icon("more")}<span class="control-word">${t("control.more")}</span>
      </button>
      ${open ? this.list() : nothing}`;
  }

  private list(): TemplateResult {
    const { state, acts } = this;
    const full = document.fullscreenElement !== null;
    const grid = arranged(state) === "grid";
    return html`<div class="menu-list more-list" id="more" role="group" aria-label=${t("control.more-label")}>
      ${observes(state) ? nothing : this.taking()}
      ${
        canArrange(state)
          ? this.item(
              "view",
              grid ? "speaker-view" : "grid",
              t(grid ? "control.view-to-speaker" : "control.view-to-grid"),
              "narrow-only",
            )
          : nothing
      }
      ${this.item("chat", "chat", chatWords(state), "narrow-only")}
      ${this.item("people", "people", t("control.people-open"), "narrow-only")}
      ${canPart(state) ? this.item("apart", "small-rooms", t("panel.apart")) : nothing}
      ${leads(state) || state.polls.list.length > 0 ? this.plain("poll", t("more.polls"), () => acts.open("polls")) : nothing}
      ${this.plain("captions", t("more.captions"), () => acts.open("captions"))}
      ${this.plain("settings", t("more.devices"), () => acts.devices())}
      ${this.plain("settings", t("more.data"), () => acts.data())}
      ${this.plain("connection", t("more.details"), () => acts.details())}
      ${canFloat ? this.plain("float", t("more.float"), () => acts.float()) : nothing}
      ${this.item(
        "fullscreen",
        full ? "fullscreen-exit" : "fullscreen",
        t(full ? "control.fullscreen-leave" : "control.fullscreen"),
      )}
      ${
        observes(state)
          ? nothing
          : this.plain("person", t(state.ownShown ? "more.own-hide" : "more.own-show"), () =>
              acts.showOwn(!state.ownShown),
            )
      }
      ${state.ownShown && !observes(state) ? this.plain("refresh", t("more.own-move"), () => acts.moveOwn(), false) : nothing}
      ${this.plain("worry", t("more.worry"), () => acts.worry())}
      ${this.item("help", "keyboard", t("control.help"))}
    </div>`;
  }

  /** What comes from this person. */
  private taking(): TemplateResult {
    const { state, acts } = this;
    const sharing = state.mine.screen !== "off";
    return html`<div class="reactions" role="group" aria-label=${t("reaction.label")}>
        ${reactions.map(
          (reaction) => html`<button
            class="menu-item reaction"
            type="button"
            data-reaction=${reaction}
            aria-label=${t(`reaction.${reaction}`)}
            data-tip=${t(`reaction.${reaction}`)}
            @click=${() => acts.react(reaction)}
          >
            ${icon(reaction)}
          </button>`,
        )}
      </div>
      ${this.item("hand", "hand", t(handUp(state) ? "control.hand-down" : "control.hand-raise"), "narrow-only")}
      ${
        this.canShare
          ? this.item(
              "screen",
              sharing ? "screen-off" : "screen",
              t(sharing ? "control.screen-stop" : "control.screen-start"),
              "narrow-only",
            )
          : nothing
      }`;
  }

  private item(act: Shortcut, name: IconName, words: string, look = ""): TemplateResult {
    return html`<button
      class="menu-item ${look}"
      type="button"
      data-control=${act}
      @click=${() => {
        this.menu.close();
        this.acts.run(act);
      }}
    >
      ${icon(name)}<span>${words}</span><kbd aria-hidden="true">${keyOf(act)}</kbd>
    </button>`;
  }

  private plain(name: IconName, words: string, act: () => void, closes = true): TemplateResult {
    return html`<button
      class="menu-item"
      type="button"
      @click=${() => {
        if (closes) this.menu.close();
        act();
      }}
    >
      ${icon(name)}<span>${words}</span>
    </button>`;
  }
}

/** What waits unread is said where the button can't show it. */
function chatWords(state: State): string {
  return state.chat.unread > 0
    ? t("control.chat-unread", { count: state.chat.unread })
    : t("control.chat-open");
}

customElements.define("more-menu", MoreMenu);
