/** What arrives: a track for each receiving m-line; sound plays here, pictures are shown by the tiles. */

export interface HearingListener {
  /** A track came or changed: tiles look again. */
  changed(): void;
  /** The browser refuses to play sound before the page is touched (or does so now). */
  blocked(blocked: boolean): void;
}

export class Hearing {
  private readonly tracks = new Map<string, MediaStreamTrack>();
  private readonly players = new Map<string, HTMLAudioElement>();
  private speaker = "";

  constructor(
    private readonly host: HTMLElement,
    private readonly listener: HearingListener,
  ) {}

  /** The receiving m-line `mid` has this track. */
  receive(mid: string, track: MediaStreamTrack): void {
    this.tracks.set(mid, track);
    if (track.kind === "audio") this.listen(mid, track);
    this.listener.changed();
  }

  video(mid: string): MediaStreamTrack | undefined {
    return this.tracks.get(mid);
  }

  /** Sound comes out of this speaker; "" is the system's own. */
  async choose(speaker: string): Promise<void> {
    this.speaker = speaker;
    await Promise.all([...this.players.values()].map((player) => this.route(player)));
  }

  /** After a touch: what was refused may play. */
  unblock(): void {
    for (const player of this.players.values()) void this.start(player);
  }

  stop(): void {
    for (const player of this.players.values()) {
      player.srcObject = null;
      player.remove();
    }
    this.players.clear();
    this.tracks.clear();
  }

  private listen(mid: string, track: MediaStreamTrack): void {
    const player = this.players.get(mid) ?? this.newPlayer(mid);
    player.srcObject = new MediaStream([track]);
    void this.start(player);
  }

  private newPlayer(mid: string): HTMLAudioElement {
    const player = document.createElement("audio");
    player.dataset.slot = mid;
    player.autoplay = true;
    this.players.set(mid, player);
    this.host.append(player);
    if (this.speaker !== "") void this.route(player);
    return player;
  }

  private async start(player: HTMLAudioElement): Promise<void> {
    try {
      await player.play();
      this.listener.blocked(false);
    } catch (error) {
      // AbortError: a newer track took the place of this one while it was starting.
      if ((error as Error).name === "NotAllowedError") this.listener.blocked(true);
    }
  }

  private async route(player: HTMLAudioElement): Promise<void> {
    if (!("setSinkId" in player)) return;
    try {
      await player.setSinkId(this.speaker);
    } catch {
      // The chosen speaker is gone: the system's own goes on.
    }
  }
}
