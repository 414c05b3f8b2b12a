/** As much of an RTCPeerConnection as negotiation uses; the test is its network. */

interface FakeSender {
  track: MediaStreamTrack | null;
  parameters: { encodings: Record<string, unknown>[] };
  transport: { state: string; addEventListener(type: string, call: () => void): void } | null;
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  getParameters(): { encodings: Record<string, unknown>[] };
  setParameters(parameters: { encodings: Record<string, unknown>[] }): Promise<void>;
}

type Listener = (event: unknown) => void;

export class FakePeerConnection {
  signalingState = "stable";
  connectionState = "new";
  iceConnectionState = "new";
  localDescription: { sdp: string } | null = null;
  remote: string | null = null;
  refusesAnswers = false;
  /** An answer turns on whatever it names, as Chromium's may. */
  answersTurnOn = false;
  restarts = 0;
  rollbacks = 0;
  readonly lines: string[] = [];
  readonly transceivers: { sender: FakeSender; direction: string }[] = [];
  private readonly listeners: Record<string, Listener[]> = {};
  private readonly transportListeners: (() => void)[] = [];
  private readonly transport = {
    state: "new",
    addEventListener: (_: string, call: () => void) => void this.transportListeners.push(call),
  };
  private offers = 0;

  addEventListener(type: string, listener: Listener): void {
    this.listeners[type] = [...(this.listeners[type] ?? []), listener];
  }

  addTransceiver(
    kind: string,
    { direction, sendEncodings }: { direction: string; sendEncodings?: Record<string, unknown>[] },
  ) {
    this.lines.push(`${kind} ${direction}`);
    const sender: FakeSender = {
      track: null,
      parameters: { encodings: sendEncodings?.length ? structuredClone(sendEncodings) : [{}] },
      transport: this.transport,
      async replaceTrack(track) {
        sender.track = track;
      },
      getParameters: () => structuredClone(sender.parameters),
      async setParameters(parameters) {
        sender.parameters = parameters;
      },
    };
    const transceiver = { sender, direction };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  async createOffer() {
    this.offers += 1;
    return { type: "offer", sdp: `offer ${this.offers}` };
  }

  async setLocalDescription(description: { type: string; sdp?: string }): Promise<void> {
    if (description.type === "rollback") {
      if (this.signalingState !== "have-local-offer") throw new Error("nothing to roll back");
      this.rollbacks += 1;
      this.signalingState = "stable";
      return;
    }
    if (this.signalingState !== "stable") throw new Error("an offer on top of an offer");
    this.signalingState = "have-local-offer";
    this.localDescription = { sdp: description.sdp ?? "" };
  }

  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    if (this.signalingState !== "have-local-offer") throw new Error("an answer to nothing");
    if (this.refusesAnswers) throw new Error("an answer that can't be read");
    this.signalingState = "stable";
    this.remote = sdp;
    if (!this.answersTurnOn) return;
    for (const { sender } of this.transceivers) {
      for (const encoding of sender.parameters.encodings) encoding.active = true;
    }
  }

  restartIce(): void {
    this.restarts += 1;
  }

  close(): void {
    this.connectionState = "closed";
    this.iceConnectionState = "closed";
  }

  // ------------------------------------------------------------ the test's side

  become(state: "connected" | "disconnected" | "failed"): void {
    this.connectionState = state;
    this.iceConnectionState = state;
    this.emit("iceconnectionstatechange", {});
    this.emit("connectionstatechange", {});
  }

  closeTransport(): void {
    this.transport.state = "closed";
    for (const call of this.transportListeners) call();
  }

  arrive(mid: string): void {
    this.emit("track", { transceiver: { mid }, track: { kind: "video" } });
  }

  private emit(type: string, event: unknown): void {
    for (const listener of this.listeners[type] ?? []) listener(event);
  }
}
