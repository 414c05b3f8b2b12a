/**
 * The one WebSocket: typed messages out and in, binary frames for the notes, the server's clock, and coming
 * back after a loss. Nothing else touches the socket.
 */

import { ServerClock } from "./clock";
import type { ClientMessage, Join, ServerMessage } from "./protocol";
import { retryDelay } from "./retry";
import type { Timers } from "./timers";

/** What is used of a WebSocket. */
export interface Socket {
  readonly readyState: number;
  binaryType: BinaryType;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface ConnectionListener {
  /** The first message of a new connection. */
  hello(): Promise<Join>;
  message(message: ServerMessage): void;
  frame(data: Uint8Array): void;
  /** The connection is gone (or could not be made); it is being tried again. */
  lost(): void;
}

export interface ConnectionOptions {
  connect: () => Socket;
  listener: ConnectionListener;
  timers: Timers;
  random: () => number;
}

/** How long a connection may take to open and to be answered `joined`, in ms. */
const OPEN_WITHIN = 4_000;
const JOINED_WITHIN = 10_000;
/** Right after `joined`, so that the clock is known from the best of several round trips. */
const FIRST_PINGS = [0, 150, 400, 900, 2_000];
const PING_EVERY = 2_500;
/** A server that says nothing for this long after being asked is gone: TCP alone would wait for minutes. */
const SILENCE = 6_000;
/**
 * After the network changed, media stopped or a laptop opened, a live connection answers within so many of its
 * best round trips, within these bounds in ms. So does an attempt to connect that is not lost.
 */
const ROUND_TRIPS_ON_WAKE = 4;
const SILENCE_ON_WAKE = { least: 400, most: 2_000 };

export class Connection {
  readonly clock = new ServerClock();
  socket: Socket | null = null;

  private opened = false;
  private openedAt = 0;
  private helloSent = false;
  private helloAt = 0;
  private stopped = true;
  private attempt = 0;
  private lostAt = 0;
  private heardAt = 0;
  private cancelRetry: (() => void) | null = null;
  private readonly cancels = new Set<() => void>();

  constructor(private readonly options: ConnectionOptions) {}

  /** Connects, and again after each loss, until `stop`. */
  start(): void {
    this.stopped = false;
    this.attempt = 0;
    this.lostAt = this.options.timers.now();
    this.retry();
  }

  /** Ends for good. */
  stop(): void {
    this.stopped = true;
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.detach();
  }

  /** Sends a message; false when there is no connection that could take it. */
  send(message: ClientMessage): boolean {
    if (this.socket === null || !this.helloSent) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Sends one binary frame of the notes; false as above. */
  sendFrame(data: Uint8Array): boolean {
    if (this.socket === null || !this.helloSent) return false;
    this.socket.send(new Uint8Array(data));
    return true;
  }

  /**
   * The network changed, media flows again, or the page is looked at again: try at once when waiting or when
   * an attempt gets no answer, and when connected find out quickly whether that is still true.
   */
  wake(): void {
    if (this.stopped) return;
    const now = this.options.timers.now();
    const { least, most } = SILENCE_ON_WAKE;
    const patience = Math.min(most, Math.max(least, ROUND_TRIPS_ON_WAKE * 2 * this.clock.uncertainty));
    if (this.cancelRetry !== null) {
      this.attempt = 0;
      this.lostAt = now;
      this.retry();
    } else if (this.socket !== null && !this.opened) {
      if (now - this.openedAt < patience) return;
      this.attempt = 0;
      this.drop();
    } else if (this.socket !== null && this.helloSent) {
      this.ping();
      this.later(patience, () => {
        if (this.heardAt < now) this.drop();
      });
    }
  }

  private retry(): void {
    this.cancelRetry?.();
    const { now, after } = this.options.timers;
    const wait = retryDelay(this.attempt, now() - this.lostAt, this.options.random());
    this.attempt += 1;
    this.cancelRetry = after(wait, () => {
      this.cancelRetry = null;
      this.open();
    });
  }

  private open(): void {
    const socket = this.options.connect();
    this.socket = socket;
    this.opened = false;
    this.openedAt = this.options.timers.now();
    this.helloSent = false;
    socket.binaryType = "arraybuffer";
    const giveUp = this.later(OPEN_WITHIN, () => this.drop());
    const opened = () => {
      giveUp();
      this.opened = true;
      this.later(JOINED_WITHIN, () => this.drop());
      void this.sayHello(socket);
    };
    socket.onopen = opened;
    socket.onmessage = (event) => this.heard(event.data);
    socket.onclose = () => this.drop();
    if (socket.readyState === WebSocket.OPEN) opened();
  }

  private async sayHello(socket: Socket): Promise<void> {
    const hello = await this.options.listener.hello();
    if (this.socket !== socket) return;
    this.helloAt = this.options.timers.now();
    this.helloSent = true;
    socket.send(JSON.stringify(hello));
  }

  private heard(data: unknown): void {
    const now = this.options.timers.now();
    this.heardAt = now;
    if (data instanceof ArrayBuffer) {
      this.options.listener.frame(new Uint8Array(data));
      return;
    }
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type === "pong") {
      this.clock.add(message.sent, now, message.now_ms);
      return;
    }
    if (message.type === "joined") {
      this.clock.add(this.helloAt, now, message.now_ms);
      this.settle();
    }
    this.options.listener.message(message);
  }

  /** Joined: the loss is over; measure the clock and watch that the server goes on answering. */
  private settle(): void {
    this.attempt = 0;
    this.clearTimers();
    for (const wait of FIRST_PINGS) this.later(wait, () => this.ping());
    this.later(PING_EVERY, () => this.watch());
  }

  private watch(): void {
    if (this.options.timers.now() - this.heardAt > SILENCE) {
      this.drop();
      return;
    }
    this.ping();
    this.later(PING_EVERY, () => this.watch());
  }

  private ping(): void {
    this.send({ type: "ping", sent: this.options.timers.now() });
  }

  private drop(): void {
    if (this.socket === null) return;
    this.detach();
    if (this.stopped) return;
    if (this.attempt === 0) this.lostAt = this.options.timers.now();
    this.options.listener.lost();
    if (!this.stopped) this.retry();
  }

  private detach(): void {
    this.clearTimers();
    const socket = this.socket;
    this.socket = null;
    this.helloSent = false;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  /** A timer of the present connection: gone with it. */
  private later(ms: number, call: () => void): () => void {
    const cancel = this.options.timers.after(ms, () => {
      this.cancels.delete(cancel);
      call();
    });
    this.cancels.add(cancel);
    return () => {
      this.cancels.delete(cancel);
      cancel();
    };
  }

  private clearTimers(): void {
    for (const cancel of this.cancels) cancel();
    this.cancels.clear();
  }
}
