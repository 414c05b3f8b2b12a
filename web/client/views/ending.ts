import { html, nothing, type TemplateResult } from "lit";
import type { Call } from "../call";
import { t } from "../i18n";
import { type IconName, icon } from "../icon";
import { onward, ownZone } from "../onward";
import type { Ending, State } from "../state";
import { pageHeader } from "./page-header";

interface Words {
  icon: IconName;
  title: string;
  text: string;
  /** The button's words and whether it goes straight back into the room. */
  act: { words: string; directly: boolean } | null;
}

/** This person has left: what was kept, the way back, and on to the appointment's page if there is one. */
export function left(state: State, call: Call, path: string): TemplateResult {
  return page(
    {
      icon: "check",
      title: t("left.title"),
      text: t("left.text"),
      act: { words: t("left.rejoin"), directly: true },
    },
    state,
    call,
    goOn(path),
  );
}

function goOn(path: string): TemplateResult | typeof nothing {
  const next = onward(path, ownZone());
  return next === null
    ? nothing
    : html`<a class="button large" id="go-on" href=${next.href}>${icon("notes")}${t(next.words)}</a>`;
}

/** The call ended for this page: what happened, what was kept, what to do. */
export function ended(state: State, call: Call, after: string): TemplateResult {
  const ending = state.ending ?? "bad-message";
  const [act, directly] = ways[ending] ?? [null, false];
  return page(
    {
      icon: icons[ending] ?? "alert",
      title: t(`ended.${ending}.title`),
      text: t(`ended.${ending}.text`),
      act: act && { words: t(`ended.${act}`), directly },
    },
    state,
    call,
    ending === "visited" ? goOn(after) : nothing,
  );
}

const ways: Partial<Record<Ending, readonly ["use-here" | "try-again" | "queue-again", boolean]>> = {
  replaced: ["use-here", true],
  "room-full": ["try-again", false],
  refused: ["try-again", false],
  visited: ["queue-again", false],
  "server-full": ["try-again", false],
  elsewhere: ["try-again", false],
  "too-many-joins": ["try-again", false],
};

const icons: Partial<Record<Ending, IconName>> = {
  replaced: "device",
  "room-full": "people",
  "server-full": "waiting",
  elsewhere: "waiting",
  "too-many-joins": "waiting",
  "link-expired": "clock",
  "room-ended": "clock",
  "link-invalid": "link",
  "link-revoked": "link",
  revoked: "link",
  removed: "leave",
  refused: "waiting",
  visited: "check",
};

function page(
  words: Words,
  state: State,
  call: Call,
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`${pageHeader()}<main class="ending" data-banner=${state.ending ?? nothing}>
    <div class="ending-card">
      <span class="ending-icon">${icon(words.icon)}</span>
      <h1 tabindex="-1">${words.title}</h1>
      <p class="muted">${words.text}</p>
      ${
        words.act === null
          ? nothing
          : html`<button
              class="button primary large"
              id="come-back"
              type="button"
              @click=${() => call.comeBack(words.act?.directly === true)}
            >
              ${words.act.words}
            </button>`
      }
      ${more}
    </div>
  </main>`;
}
