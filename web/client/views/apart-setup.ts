import { html, nothing, type TemplateResult } from "lit";
import { state as own, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import {
  type Draft,
  drawn,
  filled,
  MOST_ROOMS,
  placed,
  resized,
  roomsFor,
  roomsOf,
  whole,
} from "../apart-draft";
import type { Call } from "../call";
import { t } from "../i18n";
import { icon } from "../icon";
import { listed } from "../names";
import type { Between, OddOne, SplitHow } from "../protocol";
import { likelyBetween, mostRounds, proposed } from "../rotation";
import type { State } from "../state";
import { check, chip, choices, numberField, roomSelect } from "./apart-fields";
import { LightElement } from "./element";

type How = SplitHow | "rotation";

interface Person {
  readonly id: string;
  readonly name: string;
  readonly here: boolean;
}

/** Where small rooms are thought out: how people are divided, for how long, and who would be where. */
export class ApartSetup extends LightElement {
  @property({ attribute: false }) call!: Call;
  @property({ attribute: false }) state!: State;
  /** What was asked for has been sent. */
  @property({ attribute: false }) sent: () => void = () => undefined;

  @own() private how: How = "random";
  @own() private size = "2";
  @own() private rooms = "2";
  @own() private minutes = "10";
  @own() private takesPart = false;
  /** Whether the person has said so; else it is as it mostly is. */
  private said = false;
  @own() private draft: Draft = { rooms: 2, places: {} };
  /** Whom the draw knew, and whether anybody was moved by hand since. */
  private known: readonly string[] = [];
  private touched = false;
  private counted: "size" | "rooms" = "size";
  @own() private between: Between = "all";
  @own() private rounds = "";
  @own() private odd: OddOne = "pause";
  /** Faults are shown once somebody has tried, not while they type. */
  @own() private tried = false;

  override connectedCallback(): void {
    super.connectedCallback();
    const asked = proposed(this.state);
    this.between = asked?.between ?? likelyBetween(this.state.members);
    if (asked !== null) {
      this.how = "rotation";
      this.minutes = String(asked.minutes);
      this.rounds = String(asked.rounds);
    }
    this.takesPart = this.likelyPart();
    this.bySize("2");
  }

  protected override willUpdate(): void {
    if (this.how === "random") this.followPeople();
  }

  /** Whoever comes or goes while this is open: a draw that nobody has touched is made anew. */
  private followPeople(): void {
    const ids = this.ids();
    const newcomers = ids.filter((id) => !this.known.includes(id));
    if (newcomers.length === 0 && ids.length === this.known.length) return;
    if (!this.touched) {
      if (this.counted === "size") this.bySize(this.size);
      else this.byRooms(this.rooms);
    } else this.draft = filled(this.draft, newcomers);
    this.known = ids;
  }

  /** Those who are divided: who is here and takes part; by hand also who observes or has not come yet. */
  private people(): readonly Person[] {
    const { members, room, me } = this.state;
    const here = members
      .filter(
        ({ id, role }) => this.how === "hand" || (role !== "observer" && (this.takesPart || id !== me.id)),
      )
      .map(({ id, name }) => ({ id, name, here: true }));
    if (this.how !== "hand") return here;
    const away = room.guests.filter(({ id }) => !members.some((member) => member.id === id));
    return [...here, ...away.map(({ id, name }) => ({ id, name, here: false }))];
  }

  private readonly ids = (): readonly string[] => this.people().map(({ id }) => id);

  private draw(): void {
    this.draft = drawn(this.ids(), this.draft.rooms, Math.random);
    this.known = this.ids();
    this.touched = false;
  }

  private bySize(text: string): void {
    this.size = text;
    this.counted = "size";
    const size = whole(text, 2, 50);
    if (size !== null) this.divide(roomsFor(this.people().length, size), false);
  }

  private byRooms(text: string): void {
    this.rooms = text;
    this.counted = "rooms";
    const rooms = whole(text, 1, MOST_ROOMS);
    if (rooms !== null) this.divide(rooms, true);
  }

  /** So many rooms; the other of the two fields follows. */
  private divide(rooms: number, sizeFollows: boolean): void {
    if (sizeFollows) this.size = String(Math.max(2, Math.floor(this.people().length / rooms)));
    else this.rooms = String(rooms);
    this.draft = resized(this.draft, rooms);
    if (this.how === "random") this.draw();
  }

  /** Who leads alone looks after the others; in pairs and among several mentors they are one of them. */
  private likelyPart(): boolean {
    return this.how === "pairs" || (this.how === "rotation" && this.between === "roles");
  }

  private choose(how: How): void {
    this.how = how;
    this.tried = false;
    if (!this.said) this.takesPart = this.likelyPart();
    if (how === "random") this.bySize(this.size);
  }

  private error(text: string, least: number, most: number, empty = false): string | null {
    if (!this.tried || (empty && text.trim() === "") || whole(text, least, most) !== null) return null;
    return t(empty ? "apart.number-or-empty" : "apart.number", { least, most });
  }

  private submit(event: Event): void {
    event.preventDefault();
    this.tried = true;
    const done = this.how === "rotation" ? this.rotate() : this.split(this.how);
    if (done) this.sent();
    else void this.updateComplete.then(() => this.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  }

  private split(how: SplitHow): boolean {
    const minutes = this.minutes.trim() === "" ? null : whole(this.minutes, 1, 240);
    const timed = this.minutes.trim() === "" || minutes !== null;
    const { me } = this.state;
    const stay = this.takesPart ? [] : [me.id];
    if (how === "pairs") return timed && this.call.features.apart.split({ how, minutes, stay });
    if (!timed || whole(this.rooms, 1, MOST_ROOMS) === null) return false;
    // Those who were drawn are sent as they were shown, or as they were moved since.
    const rooms = roomsOf(this.draft, this.ids()).filter((room) => room.length > 0);
    const main = this.ids().filter((id) => this.draft.places[id] === undefined);
    return (
      rooms.length > 0 && this.call.features.apart.split({ how, rooms, minutes, stay: [...stay, ...main] })
    );
  }

  private rotate(): boolean {
    const minutes = whole(this.minutes, 1, 240);
    const rounds = this.rounds.trim() === "" ? null : whole(this.rounds, 1, 100);
    if (minutes === null || (rounds === null && this.rounds.trim() !== "")) return false;
    const { between, odd, takesPart } = this;
    return this.call.features.apart.rotate({
      between,
      minutes,
      rounds,
      odd,
      stay: takesPart ? [] : [this.state.me.id],
    });
  }

  protected override render() {
    const { how } = this;
    const hows: readonly (readonly [How, string])[] = [
      ["random", t("apart.random")],
      ["hand", t("apart.hand")],
      ["pairs", t("apart.pairs")],
      ["rotation", t("apart.rotation")],
    ];
    const nobody = (how === "random" || how === "hand") && Object.keys(this.draft.places).length === 0;
    return html`<form class="apart-setup" novalidate @submit=${(event: Event) => this.submit(event)}>
      ${choices(t("apart.how"), hows, how, (chosen) => this.choose(chosen))}
      <p class="muted">${t(`apart.${how}-text`)}</p>
      ${how === "rotation" ? this.rotation() : html`<div class="apart-numbers">${this.sizes()}${this.time()}</div>`}
      ${
        how === "hand"
          ? nothing
          : check("takes-part", t("apart.takes-part"), this.takesPart, (on) => {
              this.takesPart = on;
              this.said = true;
              if (how === "random") this.bySize(this.size);
            })
      }
      ${how === "random" || how === "hand" ? this.preview() : nothing}
      <p class="small muted">${t(how === "pairs" || how === "rotation" ? "apart.notes-room" : "apart.notes-all")}</p>
      ${this.tried && nobody ? html`<p class="error" role="alert">${icon("alert")}<span>${t("apart.nobody")}</span></p>` : nothing}
      <button class="button primary wide" data-apart="start">${t(how === "rotation" ? "apart.start" : "apart.begin")}</button>
    </form>`;
  }

  private sizes(): TemplateResult | typeof nothing {
    if (this.how === "pairs") return nothing;
    const rooms = numberField({
      name: "rooms",
      label: t("apart.rooms"),
      value: this.rooms,
      error: this.error(this.rooms, 1, MOST_ROOMS),
      change: (text) => this.byRooms(text),
    });
    if (this.how === "hand") return rooms;
    return html`${numberField({
      name: "size",
      label: t("apart.size"),
      value: this.size,
      error: this.error(this.size, 2, 50),
      change: (text) => this.bySize(text),
    })}${rooms}`;
  }

  private time(): TemplateResult {
    return numberField({
      name: "minutes",
      label: t("apart.minutes"),
      value: this.minutes,
      help: t("apart.minutes-help"),
      error: this.error(this.minutes, 1, 240, true),
      change: (text) => {
        this.minutes = text;
      },
    });
  }

  private rotation(): TemplateResult {
    const people = this.state.members.filter(
      ({ id, role }) => role !== "observer" && (this.takesPart || id !== this.state.me.id),
    );
    const most = mostRounds(this.between, people);
    const rounds = Math.min(whole(this.rounds, 1, 100) ?? most, most);
    const minutes = whole(this.minutes, 1, 240);
    return html`${choices(
      t("apart.between"),
      [
        ["all", t("apart.between-all")],
        ["roles", t("apart.between-roles")],
      ],
      this.between,
      (between) => {
        this.between = between;
        if (!this.said) this.takesPart = this.likelyPart();
      },
    )}
      <div class="apart-numbers">
        ${numberField({
          name: "minutes",
          label: t("apart.round-minutes"),
          value: this.minutes,
          error: this.error(this.minutes, 1, 240),
          change: (text) => {
            this.minutes = text;
          },
        })}
        ${numberField({
          name: "rounds",
          label: t("apart.rounds"),
          value: this.rounds,
          help: t("apart.rounds-help"),
          error: this.error(this.rounds, 1, 100, true),
          change: (text) => {
            this.rounds = text;
          },
        })}
      </div>
      ${choices(
        t("apart.odd"),
        [
          ["pause", t("apart.odd-pause")],
          ["join", t("apart.odd-join")],
        ],
        this.odd,
        (odd) => {
          this.odd = odd;
        },
        true,
      )}
      ${
        minutes === null || rounds === 0
          ? nothing
          : html`<p data-apart-sum>${t("apart.sum", { people: people.length, count: rounds, minutes, all: rounds * minutes })}</p>`
      }`;
  }

  /** Who would be where: room by room, and for each person a choice of another. */
  private preview(): TemplateResult {
    const people = this.people();
    const named = (ids: readonly string[]) => listed(people.filter(({ id }) => ids.includes(id)));
    const rooms = roomsOf(this.draft, this.ids());
    const stay = people.filter(({ id }) => this.draft.places[id] === undefined).map(({ id }) => id);
    return html`<section aria-labelledby="apart-preview" class="apart-preview">
      <div class="apart-preview-head">
        <h3 id="apart-preview">${t("apart.preview")}</h3>
        ${
          this.how === "random"
            ? html`<button class="button quiet" type="button" data-apart="draw" @click=${() => this.draw()}>
                ${icon("shuffle")}${t("apart.draw")}
              </button>`
            : nothing
        }
      </div>
      <ol class="apart-plan" role="list">
        ${rooms.map((room, index) => line(t("apart.room", { number: index + 1 }), named(room), String(index + 1)))}
        ${stay.length > 0 ? line(t("apart.main"), named(stay), "0") : nothing}
      </ol>
      <details ?open=${this.how === "hand"}>
        <summary class="apart-more">${t("apart.by-person")}</summary>
        <ul class="apart-people" role="list">
          ${repeat(
            people,
            ({ id }) => id,
            ({ id, name, here }) => html`<li class="apart-person" data-person=${id}>
              ${chip(name, here ? nothing : html`<span class="person-role">${t("apart.not-here")}</span>`)}
              ${roomSelect(
                t("apart.room-of", { name }),
                this.draft.rooms,
                this.draft.places[id] ?? 0,
                (room) => {
                  this.draft = placed(this.draft, id, room);
                  this.touched = true;
                },
              )}
            </li>`,
          )}
        </ul>
      </details>
    </section>`;
  }
}

function line(room: string, names: string, number: string): TemplateResult {
  return html`<li data-plan=${number}>
    <span class="apart-plan-room">${room}</span>
    <span>${names === "" ? html`<span class="muted">${t("apart.empty")}</span>` : names}</span>
  </li>`;
}

customElements.define("apart-setup", ApartSetup);
