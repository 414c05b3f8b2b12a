import { html, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { LiveRegion, sayings } from "../announce";
import { MAIN, roomOf } from "../apart";
import { ApartWatch } from "../apart-watch";
import type { Bootstrap } from "../bootstrap";
import { boxTitle } from "../boxes";
import type { Call } from "../call";
import { t } from "../i18n";
import { LazyViews } from "../lazy";
import type { Box } from "../protocol";
import { type Melody, play } from "../sounds";
import { officeHours, type State, type View } from "../state";
import type { TimerMark } from "../timer";
import { TimerWatch } from "../timer-watch";
import { browserTimers, type Timers } from "../timers";
import { titleWords, visitMelody } from "../visits";
import { LightElement } from "./element";
import { ended, left } from "./ending";
import "./green-room";
import "./room";

/** Whether this person waits in a queue. */
const queued = (state: State): boolean => state.view === "room" && state.place !== null && !state.entered;

/** How long a mark's light is on (ms): two slow breaths, seen by who looks elsewhere just then. */
const SHINES = 8_000;

/** The whole page: green room, room or an end; and the one voice that speaks to screen readers. */
export class RoomApp extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) page!: Bootstrap;
  @property({ attribute: false }) timers!: Timers;

  private readonly ends: (() => void)[] = [];
  private region: LiveRegion | null = null;
  private shown: View | null = null;
  private readonly lazy = new LazyViews(
    browserTimers,
    () => this.call.toast("toast.view-failed", {}, "problem"),
    () => this.requestUpdate(),
  );
  private readonly ownTitle = document.title;
  private dim: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const marks = new TimerWatch(this.timers, this.call.serverNow, (mark, box) => this.mark(mark, box));
    const follow = ({ view, timer }: State) => marks.follow(view === "room" ? timer : null);
    follow(this.call.state);
    const small = new ApartWatch(this.timers, this.call.serverNow, () => this.nearlyBack());
    const apart = ({ view, apart }: State) => small.follow(view === "room" ? apart : null);
    apart(this.call.state);
    this.ends.push(
      () => marks.follow(null),
      () => small.follow(null),
      this.call.watch(() => this.requestUpdate()),
      this.call.store.watch((after, before) => {
        if (after.timer !== before.timer || after.view !== before.view) follow(after);
        if (after.apart !== before.apart || after.view !== before.view) apart(after);
        const [is, was] = [after, before].map((each) => roomOf(each.apart, each.me.id));
        if (is !== was && after.joined && before.joined && !officeHours(after)) this.sound("moved");
        const melody = visitMelody(before, after);
        if (melody !== null) this.sound(melody);
        for (const { key, values, shown } of sayings(before, after)) {
          this.say(t(key, values));
          if (shown !== null) this.call.toast(key, values, shown);
        }
      }),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dim();
    for (const end of this.ends.splice(0)) end();
  }

  private readonly say = (text: string): void => this.region?.say(text);

  private mark(mark: TimerMark, box: Box): void {
    this.say(t(`say.${mark}`, { box: boxTitle(box) }));
    this.shine(mark);
    this.sound(mark);
  }

  /** One minute is left in the small rooms. */
  private nearlyBack(): void {
    const own = roomOf(this.call.state.apart, this.call.state.me.id) !== MAIN;
    this.say(t(own ? "say.small-minute" : "say.main-minute"));
    this.sound("one-minute");
  }

  private sound(melody: Melody): void {
    if (!this.call.state.sounds) return;
    void play(melody, this.call.sources.devices.speaker ?? "").catch(() => undefined);
  }

  /** The light goes out by itself, or when another box or turn begins. */
  private shine(signal: TimerMark): void {
    this.dim();
    this.call.store.dispatch({ type: "signal", signal });
    this.dim = this.timers.after(SHINES, () => this.call.store.dispatch({ type: "signal", signal: null }));
  }

  protected override firstUpdated(): void {
    const region = this.querySelector<HTMLElement>("[data-live]");
    if (region !== null) this.region = new LiveRegion(region, this.timers);
  }

  protected override updated(_changes: PropertyValues<this>): void {
    const { view } = this.call.state;
    this.dataset.view = queued(this.call.state) ? "queue" : view;
    const { state } = this.call;
    if (state.place !== null) this.lazy.fetch(["waiting"]);
    const words = titleWords(state);
    document.title = words === null ? this.ownTitle : `${t(words.key, words.values)} · ${this.ownTitle}`;
    if (this.shown !== null && this.shown !== view) this.arrive(view);
    this.shown = view;
  }

  /** A new view: the page's focus must not stay on what is gone. */
  private arrive(view: View): void {
    if (view === "left" || view === "error") this.querySelector<HTMLElement>("h1")?.focus();
    else if (view === "green-room") this.querySelector<HTMLElement>("#join-name")?.focus();
  }

  protected override render() {
    return html`${this.view()}
      <div class="visually-hidden" data-live role="status" aria-live="polite" aria-atomic="true"></div>`;
  }

  private view(): TemplateResult {
    const { call, page } = this;
    const { state } = call;
    switch (state.view) {
      case "green-room":
        return html`<green-room
          .call=${call}
          .state=${state}
          .nameLimit=${page.limits.name}
          .path=${page.after_url}
        ></green-room>`;
      case "room":
        if (queued(state)) return html`<queue-waiting .call=${call} .state=${state}></queue-waiting>`;
        return html`<session-room .call=${call} .state=${state} .page=${page} .say=${this.say}></session-room>`;
      case "left":
        return left(state, call, page.after_url);
      case "error":
        return ended(state, call, page.after_url);
    }
  }
}

customElements.define("room-app", RoomApp);
