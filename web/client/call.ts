/** The call as the page lives it: joins its parts (socket, media, devices, state) and carries out what a person asks. */

import { roomOf } from "./apart";
import type { Bootstrap } from "./bootstrap";
import { CallWatches } from "./call-watches";
import type { Connection } from "./connection";
import { moved } from "./data";
import { DetailsWatch } from "./details-watch";
import { browserHost } from "./devices";
import { Features } from "./features";
import type { FloorActs } from "./floor";
import { Hearing } from "./hearing";
import { Keeping } from "./keeping";
import { LineCheck } from "./line-check";
import { mediaPath, socketTo } from "./lines";
import { type MediaState, Negotiation } from "./negotiation";
import { NotesLines } from "./notes-line";
import { Outgoing } from "./outgoing";
import { OwnDevices } from "./own-devices";
import { PathWatch } from "./path-watch";
import type { ClientMessage, IceServer, Join, Joined, Rung, ServerMessage, TimerAction } from "./protocol";
import type { Memory } from "./remember";
import { Sources } from "./sources";
import { initialState, type State } from "./state";
import { bytesReceived } from "./stats";
import { Store } from "./store";
import { placeOf } from "./timer";
import type { Timers } from "./timers";
import { type Toasting, toasting } from "./toasts";
import { Viewing } from "./viewing";

export interface CallParts {
  page: Bootstrap;
  memory: Memory;
  timers: Timers;
  /** Where the players of sound live. */
  players: HTMLElement;
}

const ENTER_AGAIN = 1_500;
/** How long leaving waits for the last edits to be stored. */
const SETTLE_WITHIN = 1_500;

export class Call {
  readonly store: Store;
  readonly toast: Toasting;
  readonly sources: Sources;
  readonly hearing: Hearing;
  readonly devices: OwnDevices;
  readonly notes: NotesLines;
  readonly details: DetailsWatch;
  readonly viewing: Viewing;
  readonly features: Features;
  connection: Connection;
  /** Waits until the notes are stored; set while they are open. */
  settleNotes: ((timeout: number) => Promise<boolean>) | null = null;

  private negotiation: Negotiation;
  private readonly watchers = new Set<() => void>();
  private session: string | null = null;
  private readonly keeping: Keeping;
  private readonly outgoing: Outgoing;
  private readonly watches: CallWatches;
  private readonly path: PathWatch;
  private readonly check: LineCheck;
  private relays: readonly IceServer[];
  private shutDown = false;

  constructor(private readonly parts: CallParts) {
    const { page, memory, timers } = parts;
    const { choices } = memory;
    this.relays = page.ice_servers;
    this.keeping = new Keeping(memory);
    this.store = new Store(initialState(page, choices), timers.now);
    this.toast = toasting(this.store, timers);
    this.sources = new Sources(browserHost(), choices.devices, {
      changed: (source, mine, problem) => {
        this.store.dispatch({ type: "mine", source, mine, problem });
        this.tellMedia();
      },
      track: (source) => {
        if (this.state.view === "room" && !this.state.waiting) this.outgoing.attach(source);
        this.changed();
      },
    });
    this.hearing = new Hearing(parts.players, {
      changed: () => this.changed(),
      blocked: (blocked) => {
        if (blocked !== this.state.soundBlocked) this.store.dispatch({ type: "sound-blocked", blocked });
      },
    });
    if (choices.devices.speaker !== null) void this.hearing.choose(choices.devices.speaker);
    const { sources, hearing } = this;
    this.devices = new OwnDevices({ memory, sources, hearing, state: () => this.state });
    this.notes = new NotesLines(() => this.connection);
    this.connection = this.newConnection();
    this.negotiation = this.newNegotiation();
    this.outgoing = new Outgoing({
      state: () => this.state,
      track: (source) => this.sources.track(source),
      negotiation: () => this.negotiation,
      send: (message) => this.connection.send(message),
    });
    this.path = new PathWatch(timers, async () => bytesReceived(await this.negotiation.look()), {
      lost: () => this.networkChanged(),
      back: () => this.wake(),
    });
    this.watches = new CallWatches({
      timers,
      look: () => this.negotiation.look(),
      send: (message) => this.connection.send(message),
      wait: (track, wait) => this.negotiation.wait(track, wait),
      choke: (choked) => this.outgoing.choke(choked),
      relieve: (step) => this.relieve(step),
    });
    this.details = new DetailsWatch(
      timers,
      () => this.negotiation.look(),
      (message) => this.connection.send(message),
    );
    this.features = new Features({
      timers,
      store: this.store,
      ask: (message) => this.ask(message),
      send: (message) => this.connection.send(message),
      switchOff: (source) =>
        source === "screen" ? this.devices.setScreen(false) : this.devices.setMicrophone(false),
      toast: (key, values) => this.toast(key, values),
    });
    this.viewing = new Viewing(timers, (message) => this.state.entered && this.connection.send(message));
    this.check = new LineCheck({
      timers,
      look: () => this.negotiation.look(),
      send: (message) => this.connection.send(message),
      attempt: (track) => {
        // Once in the room, the camera itself is there.
        if (this.state.view === "green-room") this.outgoing.attempt(track);
      },
      found: (act) => this.store.dispatch(act),
    });
    this.store.watch((after, before) => this.follow(after, before));
  }

  get state(): State {
    return this.store.state;
  }

  get floor(): FloorActs {
    return this.features.floor;
  }

  get peer(): RTCPeerConnection | null {
    return this.negotiation.connection;
  }

  /** The server's time in ms, the same for everyone in the room. */
  serverNow = (): number => this.connection.clock.at(this.parts.timers.now());

  /** Begins: in the green room, or straight in the room after a reload in mid-call. */
  start(): void {
    const { place, choices } = this.parts.memory;
    this.session = place?.session ?? null;
    if (place?.entered) this.store.dispatch({ type: "entering", name: place.name });
    void this.firstOffer();
    this.connection.start();
    this.devices.open(place?.entered ? place : choices);
  }

  // ---------------------------------------------------------------- what a person asks

  join(name: string): void {
    const trimmed = name.trim();
    if (trimmed === "" || trimmed.length > this.parts.page.limits.name) {
      this.store.dispatch({ type: "name-refused", code: trimmed === "" ? "name-missing" : "name-too-long" });
      return;
    }
    this.store.dispatch({ type: "entering", name: trimmed });
    this.outgoing.enter();
  }

  drive(action: TimerAction, minutes = 1): void {
    const { timer } = this.state;
    this.ask({ type: "timer-command", action, minutes, seen: timer && placeOf(timer) });
  }

  /** Sends what somebody asked for; false where there is no connection, and they are told. */
  ask(message: ClientMessage): boolean {
    const sent = this.connection.send(message);
    if (!sent) this.toast("toast.not-connected", {}, "problem");
    return sent;
  }

  async leave(): Promise<void> {
    this.parts.memory.place = null;
    this.session = null;
    this.sources.stop();
    this.store.dispatch({ type: "left" });
    const { connection, negotiation } = this;
    this.shutDown = true;
    this.hearing.stop();
    this.path.stop();
    this.viewing.stop();
    negotiation.close();
    await this.settleNotes?.(SETTLE_WITHIN);
    connection.send({ type: "leave" });
    connection.stop();
    this.notes.down();
  }

  /** After the end of this page's call: connects again, and goes straight back in when told to. */
  comeBack(directly: boolean): void {
    this.stop();
    this.store.dispatch({ type: "coming-back" });
    this.connection = this.newConnection();
    this.negotiation = this.newNegotiation();
    this.shutDown = false;
    if (directly) this.store.dispatch({ type: "entering", name: this.state.me.name });
    this.connection.start();
    this.devices.open(this.parts.memory.choices);
  }

  /** The green room's "Try again" of the connection check. */
  retryMedia(): void {
    this.store.dispatch({ type: "media", media: "wait" });
    this.connection.wake();
    void this.negotiation.again();
  }

  /** A closer look at the connection: some seconds, and a little of the person's data. */
  probeLine(): void {
    this.check.begin();
  }

  /** The page is looked at again, or the browser says that it is online. */
  wake(): void {
    if (!this.shutDown) this.connection.wake();
  }

  /** The way to the server is another one now. */
  networkChanged(): void {
    if (this.shutDown) return;
    this.connection.wake();
    void this.negotiation.restart();
  }

  /** Calls back when something that views draw has changed, in the state or beside it (tracks). */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  // ---------------------------------------------------------------- socket

  private newConnection(): Connection {
    const { page, timers } = this.parts;
    return socketTo(page, timers, {
      hello: () => this.hello(),
      message: (message) => this.received(message),
      frame: (data) => this.notes.frame(data),
      lost: () => this.lost(),
    });
  }

  private async hello(): Promise<Join> {
    const offer = await this.firstOffer();
    const { token, language } = this.parts.page;
    return { type: "join", token, language, offer, resume: this.session };
  }

  /** A browser without WebRTC still joins, for the notes and the timer. */
  private firstOffer(): Promise<string | null> {
    return this.negotiation.offerForJoin().catch(() => null);
  }

  /** The best that this person wants of the call, null for whatever the line carries. */
  readonly pin = (rung: Rung | null): void => {
    this.connection.send({ type: "pin", rung });
  };

  get bytesPerHour(): Readonly<Record<Rung, number>> {
    return this.parts.page.bytes_per_hour;
  }

  /** How much data the call may take, null for no bound. */
  readonly setBudget = (megabytes: number | null): void => {
    this.connection.send({ type: "budget", megabytes });
  };

  private lost(): void {
    if (this.state.link !== "stopping") this.store.dispatch({ type: "link", link: "lost" });
    this.negotiation.lost();
    this.notes.down();
  }

  private received(message: ServerMessage): void {
    const told = message.type === "ladder" && this.state.entered ? moved(this.state.ladder, message) : null;
    const was = this.state;
    this.store.receive(message);
    this.features.received(message);
    switch (message.type) {
      case "joined":
        this.joined(message);
        break;
      case "waiting":
        this.putOff(was.entered);
        break;
      case "entered":
        if (was.waiting) this.outgoing.attachAll();
        this.viewing.again();
        this.keeping.place(this.session, this.state);
        this.notes.up();
        this.tellMedia();
        break;
      case "answer":
        this.negotiation.answer(message.id, message.sdp);
        break;
      case "slots-wanted":
        void this.negotiation.slotsWanted(message.video);
        break;
      case "ladder":
        if (told !== null) this.toast(told);
        this.outgoing.hush(message.rung === "text");
        break;
      case "encodings":
        this.outgoing.encode(message);
        break;
      case "ice-servers":
        this.relays = message.ice_servers;
        this.negotiation.relays(message.ice_servers);
        break;
      case "unheard":
        void this.negotiation.restart();
        break;
      case "probed":
        void this.check.answered(message);
        break;
      case "figures":
        void this.details.answered(message);
        break;
      case "notes-saved":
        this.notes.saved(message.count);
        break;
      case "error":
        if (message.about === "offer" || message.code === "sdp") this.negotiation.refused();
        else if (message.about === "enter" && message.code === "store-unavailable") this.enterAgain();
        else if (this.state.view === "room")
          this.toast(`error.${message.code}`, {}, message.code === "timer-moved" ? "info" : "problem");
        break;
      default:
    }
  }

  /** Nothing goes out while one waits; out of the room again, its media connection is closed by then. */
  private putOff(wasIn: boolean): void {
    this.outgoing.detachAll();
    this.keeping.place(this.session, this.state);
    if (!wasIn) return;
    this.notes.down();
    void this.negotiation.again();
  }

  private joined(message: Joined): void {
    this.session = message.session;
    void this.negotiation.joined(message.answer, message.media_kept, message.video_slots);
    this.keeping.place(this.session, this.state);
    if (this.state.view !== "room") return;
    if (!message.entered) {
      this.outgoing.enter();
      return;
    }
    const me = message.room.members.find((member) => member.id === message.member);
    this.viewing.again();
    this.notes.up();
    if (me !== undefined) this.outgoing.resumed(me);
  }

  // ---------------------------------------------------------------- media

  private newNegotiation(): Negotiation {
    return new Negotiation({
      videoSlots: this.parts.page.video_slots,
      iceServers: this.relays,
      timers: this.parts.timers,
      listener: {
        track: (mid, track) => this.hearing.receive(mid, track),
        offer: (offer) => this.connection.send(offer),
        state: (state) => this.mediaNow(state),
      },
    });
  }

  private mediaNow(state: MediaState): void {
    // What has stopped media has often stopped the socket, which would not notice for long.
    if (state === "interrupted") this.connection.wake();
    if (state === "connected") {
      this.path.start();
      if (this.state.view === "room") this.outgoing.connected();
    } else if (state !== "interrupted") this.path.stop();
    const media = mediaPath(state, this.state.media);
    if (media !== this.state.media) this.store.dispatch({ type: "media", media });
  }

  /** The store is away for the moment: this person waits at the door, and goes in by themselves. */
  private enterAgain(): void {
    this.parts.timers.after(ENTER_AGAIN, () => {
      if (this.state.view === "room" && this.state.joined && !this.state.entered) this.outgoing.enter();
    });
  }

  private relieve(step: number): void {
    if (this.state.strain === 0 || step === 0)
      this.toast(step > 0 ? "toast.device-busy" : "toast.device-rested");
    this.store.dispatch({ type: "strain", step });
    this.outgoing.relieve(step);
  }

  private tellMedia(): void {
    this.outgoing.tell();
    if (this.state.entered) this.keeping.place(this.session, this.state);
  }

  // ---------------------------------------------------------------- what follows from the state

  private follow(after: State, before: State): void {
    if (after.view === "error" && before.view !== "error") this.stop();
    // The server did not let this person in.
    if (after.view === "green-room" && before.view === "room") this.outgoing.detachAll();
    this.check.follow(after, before);
    this.watches.follow(after.view === "room" && after.entered, after.joined);
    this.keeping.follow(after, before);
    this.notes.go(roomOf(after.apart, after.me.id));
    this.changed();
  }

  private stop(): void {
    this.shutDown = true;
    this.connection.stop();
    this.path.stop();
    this.negotiation.close();
    this.sources.stop();
    this.hearing.stop();
    this.viewing.stop();
    this.notes.down();
    this.session = null;
    this.parts.memory.place = null;
  }

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
