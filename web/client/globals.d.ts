/** Address of the icon sprite, put in by the build. */
declare const ICONS_URL: string;

/** WebRTC 1.0, 5.2.4; browsers have it since 2025. */
interface RTCRtpEncodingParameters {
  codec?: RTCRtpCodec;
}
