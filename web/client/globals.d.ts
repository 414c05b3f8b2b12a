/** Address of the icon sprite, put in by the build. */
declare const ICONS_URL: string;

/** Document Picture-in-Picture (WICG): Chromium alone has it. */
interface DocumentPictureInPicture {
  requestWindow(size: { width: number; height: number }): Promise<Window>;
  readonly window: Window | null;
}

interface Window {
  readonly documentPictureInPicture?: DocumentPictureInPicture;
}

/** WebRTC 1.0, 5.2.4; browsers have it since 2025. */
interface RTCRtpEncodingParameters {
  codec?: RTCRtpCodec;
}
