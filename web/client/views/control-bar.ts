import { html, nothing, type TemplateResult } from "lit";
import { t } from "../i18n";
import { type IconName, icon } from "../icon";
import type { NotesState } from "../notes/types";
import { keyOf, type Shortcut } from "../shortcuts";
import { arranged, canArrange } from "../stage";
import { handUp, leads, type Mine, observes, others, type State } from "../state";
import type { RoomActs } from "./room-acts";
import "./more-menu";

interface Control {
  act: Shortcut;
  icon: IconName;
  word: string;
  /** What a press does, for tooltip and accessible name. */
  label: string;
  pressed?: boolean;
  look?: "on" | "off" | "leave" | "";
  busy?: boolean;
  badge?: TemplateResult | typeof nothing;
  /** On a narrow screen it is in the menu "More". */
  wideOnly?: boolean;
}

/** The buttons at the bottom: a word, a shortcut, and a state that is said as well as shown. */
export function controlBar(
  state: State,
  acts: RoomActs,
  canShare: boolean,
  notes: NotesState | null,
): TemplateResult {
  return html`<div class="controls" role="toolbar" aria-label=${t("controls.label")}>
    ${observes(state) ? nothing : own(state, acts, canShare)}
    <span class="controls-gap" aria-hidden="true"></span>
    ${
      canArrange(state)
        ? button(acts, {
            act: "view",
            icon: arranged(state) === "grid" ? "speaker-view" : "grid",
            word: t(arranged(state) === "grid" ? "control.view-speaker" : "control.view-grid"),
            label: t(arranged(state) === "grid" ? "control.view-to-speaker" : "control.view-to-grid"),
            pressed: arranged(state) === "speaker",
            wideOnly: true,
          })
        : nothing
    }
    ${button(acts, {
      act: "notes",
      icon: "notes",
      word: t("control.notes"),
      label: notesLabel(state.panel === "notes", notes),
      pressed: state.panel === "notes",
      look: state.panel === "notes" ? "on" : "",
      badge:
        notes === null || notes === "saved"
          ? nothing
          : html`<span class="control-dot" data-state=${notes}></span>`,
    })}
    ${button(acts, {
      act: "chat",
      icon: "chat",
      word: t("control.chat"),
      label: chatLabel(state),
      pressed: state.panel === "chat",
      look: state.panel === "chat" ? "on" : "",
      badge:
        state.chat.unread > 0
          ? html`<span class="control-count tabular" aria-hidden="true" data-count=${state.chat.unread} data-waiting="true"></span>`
          : nothing,
      wideOnly: true,
    })}
    ${button(acts, {
      act: "people",
      icon: "people",
      word: t("control.people"),
      label: t(state.panel === "people" ? "control.people-close" : "control.people-open"),
      pressed: state.panel === "people",
      look: state.panel === "people" ? "on" : "",
      badge: html`<span class="control-count tabular" aria-hidden="true" data-count=${others(state).length + 1} data-waiting=${leads(state) && state.floor.waiting.length > 0}></span>`,
      wideOnly: true,
    })}
    <more-menu .state=${state} .acts=${acts} .canShare=${canShare}></more-menu>
    ${button(acts, { act: "leave", icon: "leave", word: t("control.leave"), label: t("control.leave"), look: "leave" })}
  </div>`;
}

/** What comes from this person: speech, pictures, a hand. */
function own(state: State, acts: RoomActs, canShare: boolean): TemplateResult {
  const sharing = state.mine.screen !== "off";
  return html`${button(acts, device("microphone", state.mine.microphone))}
    ${button(acts, device("camera", state.mine.camera))}
    ${
      canShare
        ? button(acts, {
            act: "screen",
            icon: sharing ? "screen-off" : "screen",
            word: t(sharing ? "control.screen-sharing" : "control.screen"),
            label: t(sharing ? "control.screen-stop" : "control.screen-start"),
            pressed: sharing,
            look: sharing ? "on" : "",
            busy: state.mine.screen === "starting",
            wideOnly: true,
          })
        : nothing
    }
    ${button(acts, {
      act: "hand",
      icon: "hand",
      word: t("control.hand"),
      label: handLabel(state),
      pressed: handUp(state),
      look: handUp(state) ? "on" : "",
      wideOnly: true,
    })}`;
}

function chatLabel(state: State): string {
  if (state.panel === "chat") return t("control.chat-close");
  return state.chat.unread > 0
    ? t("control.chat-unread", { count: state.chat.unread })
    : t("control.chat-open");
}

function handLabel(state: State): string {
  return handUp(state)
    ? t("control.hand-lower", { place: state.floor.hands.indexOf(state.me.id) + 1 })
    : t("control.hand-raise");
}

/** What waits to be saved is said as well as shown. */
function notesLabel(open: boolean, notes: NotesState | null): string {
  const label = t(open ? "control.notes-close" : "control.notes-open");
  return notes === "offline" ? t("control.notes-unsaved", { label }) : label;
}

function device(source: "microphone" | "camera", mine: Mine): Control {
  const off = mine === "off";
  return {
    act: source,
    icon: off ? `${source}-off` : source,
    word: t(`control.${source}`),
    label: t(off ? `control.${source}-on` : `control.${source}-off`),
    pressed: mine === "on",
    look: off ? "off" : "",
    busy: mine === "starting",
  };
}

function button(acts: RoomActs, control: Control): TemplateResult {
  const tip = t("control.tip", { label: control.label, key: keyOf(control.act) });
  return html`<button
    class="control ${control.look ?? ""} ${control.wideOnly ? "wide-only" : ""}"
    type="button"
    data-control=${control.act}
    data-tip=${tip}
    aria-label=${control.label}
    aria-keyshortcuts=${keyOf(control.act)}
    aria-pressed=${control.pressed ?? nothing}
    aria-busy=${control.busy ? "true" : nothing}
    @click=${() => acts.run(control.act)}
  >
    ${icon(control.icon)}${control.badge ?? nothing}<span class="control-word">${control.word}</span>
  </button>`;
}
