/**
 * Shows a track in a <video> only once it is certain that its frames are those of now: never the last frame
 * of before, nor of whoever had the slot before.
 */

/** Frames of another member may still leave the jitter buffer for this long (ms) after a slot changed hands. */
const LINGERING = 250;

/** What Chromium adds for received video: when the encoded frame arrived, ms since the time origin. */
interface FrameInfo {
  readonly receiveTime?: number;
}

export class Picture {
  private track: MediaStreamTrack | null = null;
  private since = 0;
  private showing = false;
  private attempt = 0;
  private frames = 0;
  private counting = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly changed: () => void,
  ) {
    video.addEventListener("resize", () => changed());
  }

  /** True once a fresh frame is on screen. */
  get shown(): boolean {
    return this.showing;
  }

  /** Width by height of the picture; undefined before the first frame. */
  get aspect(): number | undefined {
    const { videoWidth, videoHeight } = this.video;
    return this.showing && videoHeight > 0 ? videoWidth / videoHeight : undefined;
  }

  /**
   * A number that changes between two looks when a frame was shown in between: when it stands still, the
   * picture does. (Firefox counts no frames of a stream in `getVideoPlaybackQuality`.)
   */
  get progress(): number {
    const { video } = this;
    if (!("requestVideoFrameCallback" in video)) return (video as HTMLVideoElement).currentTime;
    if (!this.counting) {
      this.counting = true;
      video.requestVideoFrameCallback(() => {
        this.counting = false;
        this.frames += 1;
      });
    }
    return this.frames;
  }

  /**
   * Shows `track` from its next fresh frame on. `since` (ms, Unix epoch) is when it became this member's;
   * with `reused`, frames from before that are somebody else's. The same call again changes nothing.
   */
  show(track: MediaStreamTrack, since: number, reused: boolean): void {
    if (this.track === track && this.since === since) return;
    this.hide();
    this.track = track;
    this.since = since;
    this.video.srcObject = new MediaStream([track]);
    void this.video.play().catch(() => undefined);
    this.await(++this.attempt, reused ? since - performance.timeOrigin : Number.NEGATIVE_INFINITY);
  }

  /** At once: no frame stays. */
  hide(): void {
    if (this.track === null) return;
    this.attempt += 1;
    this.track = null;
    this.video.srcObject = null;
    this.set(false);
  }

  private await(attempt: number, from: number): void {
    const seen = (info: FrameInfo) => {
      if (this.attempt !== attempt) return;
      const fresh =
        info.receiveTime === undefined ? performance.now() >= from + LINGERING : info.receiveTime >= from;
      if (fresh) this.set(true);
      else this.await(attempt, from);
    };
    if ("requestVideoFrameCallback" in this.video) {
      this.video.requestVideoFrameCallback((_now, info) => seen(info));
    } else {
      (this.video as HTMLVideoElement).addEventListener("timeupdate", () => seen({}), { once: true });
    }
  }

  private set(showing: boolean): void {
    if (this.showing === showing) return;
    this.showing = showing;
    this.changed();
  }
}
