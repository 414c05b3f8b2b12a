import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../i18n";
import { type IconName, icon } from "../icon";
import type { Member, Moderation } from "../protocol";
import { Dropdown } from "./dropdown";
import { LightElement } from "./element";

/** What whoever leads can do about one member. */
export class MemberMenu extends LightElement {
  @property({ attribute: false }) member!: Member;
  @property({ attribute: false }) raised = false;
  /** Whether whoever leads may pass that on. */
  @property({ attribute: false }) byRight = true;
  @property({ attribute: false }) ask: (action: Moderation) => void = () => undefined;

  private readonly menu = new Dropdown(this, "button");

  protected override render() {
    const { open } = this.menu;
    const { id, name } = this.member;
    return html`<button
        class="button quiet icon-only"
        type="button"
        data-member-menu
        aria-expanded=${open}
        aria-controls="member-${id}"
        aria-label=${t("people.menu", { name })}
        @click=${this.menu.toggle}
      >
        ${icon("more")}
      </button>
      ${open ? this.list() : nothing}`;
  }

  private list(): TemplateResult {
    const { member } = this;
    const role = member.role === "mentor" ? "demote" : "promote";
    return html`<div class="menu-list" id="member-${member.id}" role="group" aria-label=${t("people.menu", { name: member.name })}>
      ${member.microphone ? this.item("mute", "microphone-off", t("people.mute")) : nothing}
      ${member.screen ? this.item("stop-share", "screen-off", t("people.stop-share")) : nothing}
      ${this.raised ? this.item("lower", "hand", t("people.lower")) : nothing}
      ${this.byRight && member.role !== "observer" ? this.item(role, "person", t(`people.${role}`)) : nothing}
      ${this.item("remove", "remove", t("people.remove"), "danger")}
    </div>`;
  }

  private item(action: Moderation, name: IconName, words: string, look = ""): TemplateResult {
    return html`<button
      class="menu-item ${look}"
      type="button"
      data-moderate=${action}
      @click=${() => {
        this.menu.close();
        this.ask(action);
      }}
    >
      ${icon(name)}<span>${words}</span>
    </button>`;
  }
}

customElements.define("member-menu", MemberMenu);
