import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Call } from "../call";
import { t } from "../i18n";
import { hue, initials } from "../person";
import type { QueueAction, QueueChanged, QueueVisitor } from "../protocol";
import { keyOf } from "../shortcuts";
import type { State } from "../state";
import { nextOf, waited } from "../visits";
import { LightElement } from "./element";
import "../queue-words";

/** How often what is shown of waiting grows older (ms). */
const AGES_EVERY = 20_000;

/** Over the stage of whoever leads office hours: who is here, how many wait, and the next one by one press. */
export class QueueDesk extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;

  protected override render() {
    const { queue } = this.state;
    if (queue === null) return nothing;
    const { visit } = queue;
    const next = nextOf(queue);
    return html`<div class="queue-desk" role="group" aria-label=${t("queue.title")}>
      <p>
        <strong>${visit === null ? t("queue.free") : t("queue.visiting", { name: visit.name })}</strong>
        ${visit === null || visit.about === "" ? nothing : html`<span>${visit.about}</span>`}
        <span class="muted" data-queue-count=${queue.count}
          >${queue.count === 0 ? t("queue.empty") : t("queue.waiting", { count: queue.count })}</span
        >
      </p>
      ${
        next === null && visit === null
          ? nothing
          : html`<button
              class="button ${next === null ? "" : "primary"}"
              type="button"
              data-queue=${next === null ? "end" : "next"}
              data-tip=${words(visit, next)}
              aria-keyshortcuts=${next === null ? nothing : keyOf("next-visitor")}
              @click=${() => command(this.call, next === null ? "end" : "next")}
            >
              ${t(next === null ? "queue.goodbye" : "queue.next-visitor")}${
                next === null ? nothing : html`<kbd aria-hidden="true">${keyOf("next-visitor")}</kbd>`
              }
            </button>`
      }
    </div>`;
  }
}

/** In the panel of people: everybody who waits, with what they come for, and what can be done about each. */
export class QueueList extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;

  private aging: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.aging = setInterval(() => this.requestUpdate(), AGES_EVERY);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.aging);
  }

  protected override render() {
    const { call } = this;
    const { queue } = this.state;
    if (queue === null) return nothing;
    const { visit, line } = queue;
    return html`<section class="queue-list" aria-labelledby="queue-title">
      <h3 class="people-heading" id="queue-title">${queue.count === 0 ? t("queue.empty") : t("queue.waiting", { count: queue.count })}</h3>
      <ol class="people-list" role="list">
        ${repeat(
          line,
          (visitor) => visitor.id,
          (visitor) => this.row(visitor),
        )}
      </ol>
      ${queue.count > line.length ? html`<p class="small muted">${t("queue.more", { count: queue.count - line.length })}</p>` : nothing}
      <div class="row">
        ${
          visit === null
            ? nothing
            : html`<button class="button" type="button" data-queue="put-back" data-tip=${t("queue.put-back-words", { name: visit.name })} @click=${() => command(call, "put-back")}>
                  ${t("queue.put-back")}
                </button>
                <button class="button" type="button" data-queue="end" data-tip=${t("queue.goodbye-words", { name: visit.name })} @click=${() => command(call, "end")}>
                  ${t("queue.goodbye")}
                </button>`
        }
        <button class="button quiet" type="button" data-queue=${queue.closed ? "open" : "close"} @click=${() => command(call, queue.closed ? "open" : "close")}>
          ${t(queue.closed ? "queue.open" : "queue.close")}
        </button>
      </div>
      ${queue.closed ? html`<p class="small muted">${t("queue.closed-now")}</p>` : nothing}
      ${soFar(queue)}
    </section>`;
  }

  private row(visitor: QueueVisitor): TemplateResult {
    const { call } = this;
    const { name } = visitor;
    const minutes = waited(visitor, call.serverNow());
    return html`<li class="people-row queue-row" data-waiting=${visitor.id} data-here=${visitor.here}>
      <span class="person">
        <span class="initials hue-${hue(name)}" aria-hidden="true">${initials(name)}</span>
        <span class="queue-who">
          <span>${name}</span>
          ${visitor.about === "" ? nothing : html`<span class="small">${visitor.about}</span>`}
          <span class="small muted"
            >${minutes === 0 ? t("queue.since-now") : t("queue.since", { count: minutes })}${visitor.here ? nothing : html` · ${t("queue.away")}`}</span
          >
        </span>
      </span>
      <span class="row">
        <button class="button" type="button" data-queue="call" ?disabled=${!visitor.here} aria-label=${t("queue.call-name", { name })} @click=${() => command(call, "call", visitor.id)}>
          ${t("queue.call")}
        </button>
        <button class="button quiet" type="button" data-queue="dismiss" aria-label=${t("queue.dismiss-name", { name })} @click=${() => command(call, "dismiss", visitor.id)}>
          ${t("queue.dismiss")}
        </button>
      </span>
    </li>`;
  }
}

function command(call: Call, action: QueueAction, member: string | null = null): void {
  call.ask({ type: "queue-command", action, member });
}

function words(visit: QueueVisitor | null, next: QueueVisitor | null): string {
  if (next === null) return t("queue.goodbye-words", { name: visit?.name ?? "" });
  if (visit === null) return t("queue.first-words", { next: next.name });
  return t("queue.next-words", { name: visit.name, next: next.name });
}

function soFar(queue: QueueChanged): TemplateResult | typeof nothing {
  if (queue.average_s === null) return nothing;
  const minutes = Math.max(1, Math.round(queue.average_s / 60));
  return html`<p class="small muted">${t("queue.done", { count: queue.done, minutes })}</p>`;
}

customElements.define("queue-desk", QueueDesk);
customElements.define("queue-list", QueueList);
