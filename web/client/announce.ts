/** What is said aloud, to screen readers and as toasts: read off from how the state changed. Pure, but for the region. */

import { apart, whereabouts } from "./announce-apart";
import { bannerOf } from "./banners";
import { keepState } from "./captions";
import type { Values } from "./i18n";
import type { ChatLine } from "./protocol";
import { leads, myself, near, observers, others, partners, type State, type Toast } from "./state";
import { turnView } from "./timer";
import type { Timers } from "./timers";
import { visitSayings } from "./visits";

export interface Saying {
  readonly key: string;
  readonly values: Values;
  /** Also shown for a moment, a problem for longer; what is on screen anyway is only said. */
  readonly shown: Toast["kind"] | null;
}

const say = (key: string, values: Values = {}): Saying => ({ key, values, shown: null });
const show = (key: string, values: Values = {}): Saying => ({ key, values, shown: "info" });

/** What to say when the state went from `before` to `after`. */
export function sayings(before: State, after: State): Saying[] {
  if (after.view !== "room") return [];
  if (!before.waiting && after.waiting && after.place === null) return [say("banner.door")];
  const visits = visitSayings(before, after);
  if (visits.length > 0) return visits;
  if (before.view !== "room" || (!before.entered && after.entered)) {
    return before.entered || !after.entered ? [] : [whoIsHere(after)];
  }
  return [
    ...company(before, after),
    ...watching(before, after),
    ...sharing(before, after),
    ...apart(before, after),
    ...floor(before, after),
    ...chat(before, after),
    ...polls(before, after),
    ...keeping(before, after),
    ...turns(before, after),
    ...agenda(before, after),
    ...self(before, after),
    ...link(before, after),
  ];
}

/** Whoever leads has changed what is still to come. */
function agenda(before: State, after: State): Saying[] {
  const [was, is] = [before.timer?.revision, after.timer?.revision];
  return before.timer === null || was === is ? [] : [say("say.agenda")];
}

function whoIsHere(state: State): Saying {
  const where = whereabouts(state);
  if (where !== null) return where;
  const present = partners(state);
  const names = present.map((member) => member.name).join(", ");
  const watching = observers(state).map((member) => member.name);
  if (watching.length > 0) {
    const both = { count: present.length, names, observers: watching.join(", ") };
    return present.length === 0 ? say("say.alone-observed", both) : say("say.here-observed", both);
  }
  return present.length === 0 ? say("say.alone") : say("say.here", { count: present.length, names });
}

function company(before: State, after: State): Saying[] {
  // The list of a reconnection is not news: nobody joined or left because this browser came back.
  if (!before.joined || !after.joined || !before.entered) return [];
  // Being moved is told of by itself.
  if (before.apart !== after.apart) return [];
  const around = leads(after) ? others : near;
  const was = new Map(around(before).map((member) => [member.id, member]));
  const is = new Map(around(after).map((member) => [member.id, member]));
  const came: string[] = [];
  const found: Saying[] = [];
  for (const [id, { name, connected, role }] of is) {
    const old = was.get(id);
    if (old === undefined && role === "observer") found.push(show("say.observes", { name }));
    else if (old === undefined) came.push(name);
    else if (old.connected && !connected) found.push(say("say.lost", { name }));
    else if (!old.connected && connected) found.push(say("say.back", { name }));
  }
  const went = [...was.values()].filter(({ id }) => !is.has(id)).map(({ name }) => name);
  return [...together("say.joined", came), ...found, ...together("say.left", went)];
}

/** Whoever begins to watch by a player. */
function watching(before: State, after: State): Saying[] {
  if (before.watchers === after.watchers || !before.joined) return [];
  return after.room.guests
    .filter(({ id }) => after.watchers.includes(id) && !before.watchers.includes(id))
    .map(({ name }) => show("observe.players", { names: name }));
}

/** Who comes or goes at once is said at once: one by name, more by their number. */
function together(key: string, names: readonly string[]): Saying[] {
  if (names.length > 1) return [show(`${key}-many`, { count: names.length })];
  return names.map((name) => show(key, { name }));
}

function sharing(before: State, after: State): Saying[] {
  const was = new Set(
    near(before)
      .filter((member) => member.screen)
      .map((member) => member.id),
  );
  const now = near(after).filter((member) => member.screen && !was.has(member.id));
  return now.map(({ name }) => say("say.shares", { name }));
}

/** Hands in turn; for whoever leads also who waits at the door. */
function floor(before: State, after: State): Saying[] {
  if (before.floor === after.floor || !before.joined || !after.joined) return [];
  const names = new Map(others(after).map((member) => [member.id, member.name]));
  const found = after.floor.hands
    .filter((id) => !before.floor.hands.includes(id))
    .flatMap((id) => names.get(id) ?? [])
    .map((name) => show("say.hand", { name }));
  if (leads(after)) {
    const waited = new Set(before.floor.waiting.map((guest) => guest.id));
    const came = after.floor.waiting.filter((guest) => !waited.has(guest.id));
    found.push(...came.map(({ name }) => show("say.waits", { name })));
  }
  if (before.floor.locked !== after.floor.locked)
    found.push(say(after.floor.locked ? "say.locked" : "say.unlocked"));
  found.push(...standIn(before, after, names));
  const was = before.floor.hands.includes(after.me.id);
  const is = after.floor.hands.includes(after.me.id);
  if (was !== is)
    found.push(
      is ? say("say.hand-up", { place: after.floor.hands.indexOf(after.me.id) + 1 }) : say("say.hand-down"),
    );
  return found;
}

/** Who leads for now, and who again; those whom it is about are told by `self`. */
function standIn(before: State, after: State, names: ReadonlyMap<string, string>): Saying[] {
  const [was, is] = [before.floor.stand_in ?? null, after.floor.stand_in ?? null];
  if (was === is) return [];
  if (is !== null) return is === after.me.id ? [] : [show("say.stands-in", { name: names.get(is) ?? "" })];
  // Whoever is back may be told of a moment later: it is said without their name.
  return was === null || was === after.me.id ? [] : [show("say.stood-in", { name: names.get(was) ?? "" })];
}

/** What others write while the chat is closed is shown for a moment; while it is open it is read out. */
function chat(before: State, after: State): Saying[] {
  const known = new Set(before.chat.lines.map((line) => line.id));
  const newest = after.chat.lines.at(-1);
  if (before.chat.lines === after.chat.lines || newest === undefined || known.has(newest.id)) return [];
  // What goes to all rooms is said, and shown, by itself.
  if (after.broadcast !== before.broadcast) return [];
  if (newest.member === after.me.id || after.chat.unread === before.chat.unread) {
    return newest.member === after.me.id || before.chat.more === null ? [] : [chatSaying(after, newest, say)];
  }
  return [chatSaying(after, newest, show)];
}

/** Longer lines are cut: they can be read in the chat. */
const SAID_AT_MOST = 120;

function chatSaying(state: State, line: ChatLine, how: typeof say): Saying {
  const name = state.room.guests.find((guest) => guest.id === line.member)?.name ?? "";
  const text = line.text.length > SAID_AT_MOST ? `${line.text.slice(0, SAID_AT_MOST)}…` : line.text;
  return how("say.chat", { name, text });
}

/** What is asked, and when that is over; the poll itself is on screen. */
function polls(before: State, after: State): Saying[] {
  // What was asked before this page came is told with the list, and read there.
  if (before.polls === after.polls || !before.joined || !before.entered) return [];
  const was = new Map(before.polls.list.map((poll) => [poll.id, poll.status]));
  const found = after.polls.list.flatMap((poll) => {
    const { question } = poll;
    if (poll.status === was.get(poll.id)) return [];
    if (poll.status === "closed") return was.has(poll.id) ? [say("say.poll-closed", { question })] : [];
    if (poll.status === "draft") return [];
    const name = after.members.find((member) => member.id === poll.by)?.name ?? "";
    if (poll.by === after.me.id) return [say("say.poll-you", { question })];
    // On a narrow screen a panel hides it.
    return [
      after.panel === null ? say("say.poll", { name, question }) : show("say.poll", { name, question }),
    ];
  });
  return before.polls.own === after.polls.own ? found : [...found, say("say.poll-voted")];
}

/** Whether what is said is kept: everybody is told when that begins, pauses and ends. */
function keeping(before: State, after: State): Saying[] {
  const [was, is] = [keepState(before), keepState(after)];
  if (was === is || !before.joined || !after.joined) return [];
  const name = after.members.find((member) => member.id === after.keeping.by)?.name ?? "";
  return is === "asked" ? [say("say.keep-asked", { name })] : [say(`say.keep-${is}`)];
}

/** Whose turn it has become. */
function turns(before: State, after: State): Saying[] {
  const turn = after.timer === null ? null : turnView(after.timer, 0);
  const was = before.timer === null ? null : turnView(before.timer, 0);
  const same =
    turn?.member === was?.member &&
    turn?.speaks === was?.speaks &&
    before.timer?.index === after.timer?.index;
  if (turn === null || same) return [];
  const own = turn.member === after.me.id;
  if (!turn.speaks) return own ? [show("say.listen-you")] : [];
  const name = after.members.find((member) => member.id === turn.member)?.name ?? "";
  return [own ? show("say.turn-you") : say("say.turn", { name })];
}

function self(before: State, after: State): Saying[] {
  const was = myself(before);
  const is = myself(after);
  const found: Saying[] = [];
  if (was.microphone !== is.microphone)
    found.push(say(is.microphone ? "say.microphone-on" : "say.microphone-off"));
  if (was.camera !== is.camera) found.push(say(is.camera ? "say.camera-on" : "say.camera-off"));
  if (leads(after) && !leads(before))
    found.push(show(after.floor.stand_in === after.me.id ? "say.lead-for-now" : "say.lead"));
  if (leads(before) && !leads(after)) found.push(show("say.lead-over"));
  if (was.screen !== is.screen) found.push(say(is.screen ? "say.screen-on" : "say.screen-off"));
  for (const source of ["microphone", "camera", "screen"] as const) {
    const problem = after.problems[source];
    if (problem !== null && problem !== before.problems[source]) {
      found.push({ key: `device.${source}.${problem}`, values: {}, shown: "problem" });
    }
  }
  return found;
}

function link(before: State, after: State): Saying[] {
  const found: Saying[] = [];
  if (before.link === "open" && after.link !== "open") {
    found.push(say(after.link === "stopping" ? "banner.stopping" : "banner.lost"));
  }
  if (before.link !== "open" && before.link !== "connecting" && after.link === "open")
    found.push(say("say.connected"));
  // The first time only: a line that comes and goes must not talk over people.
  if (before.advised.length < after.advised.length) {
    found.push({
      key: `advice.${after.advice}`,
      values: {},
      shown: bannerOf(after)?.key === "weak" ? null : "problem",
    });
  }
  if (before.saving !== after.saving) found.push(say(after.saving ? "banner.saving" : "say.saved"));
  return found;
}

/** How long (ms) a sentence stands before the next takes its place: a shorter one no screen reader takes up. */
const STANDS = 500;
/** More than this waiting would still be read out when it is no news any more: the oldest of them go. */
const MOST_WAITING = 5;

/**
 * The page's one polite live region: each sentence replaces the one before, in the order in which they were said,
 * and the same one is said again.
 */
export class LiveRegion {
  private even = false;
  private standing = false;
  private waiting: string[] = [];

  constructor(
    private readonly element: HTMLElement,
    private readonly timers: Timers,
  ) {}

  say(text: string): void {
    if (this.standing) this.waiting = [...this.waiting.slice(1 - MOST_WAITING), text];
    else this.show(text);
  }

  private show(text: string): void {
    this.even = !this.even;
    // A region whose text does not change says nothing.
    this.element.textContent = this.even ? text : `${text}\u00a0`;
    this.standing = true;
    this.timers.after(STANDS, () => {
      this.standing = false;
      const [next, ...rest] = this.waiting;
      this.waiting = rest;
      if (next !== undefined) this.show(next);
    });
  }
}
