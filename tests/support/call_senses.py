"""Eyes and ears in a page: which face a video shows, which tones an audio element plays."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.browsers import Tab
from tests.support.media import nearest_colour

TONE_TOLERANCE_HZ = 8
"""One bin and a half of the analyser: 48,000 / 8,192 = 5.9 Hz."""

HEARD_DB = -60.0
"""A tone of amplitude 0.4 peaks at about -14 dB, Firefox's fake one at -34; silence is below -80."""

_LOOK = """
(selector) => {
  const video = document.querySelector(selector);
  if (!video || !video.videoWidth) return null;
  const canvas = document.createElement('canvas');
  canvas.width = 64; canvas.height = 36;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(video, 0, 0, 64, 36);
  const mean = (x) => {
    const data = pen.getImageData(x - 4, 6, 8, 12).data;
    const sum = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sum[c] += data[i + c];
    return sum.map(s => s / (data.length / 4));
  };
  // Firefox counts no frames of a stream in getVideoPlaybackQuality.
  const counters = (window.testFrames ??= new WeakMap());
  if (!counters.has(video)) {
    counters.set(video, 0);
    const count = () => {
      counters.set(video, counters.get(video) + 1);
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
  }
  return { width: video.videoWidth, height: video.videoHeight, left: mean(16), right: mean(48),
    frames: counters.get(video), seconds: video.currentTime,
    shown: video.checkVisibility({ visibilityProperty: true, opacityProperty: true }) };
}
"""

# One analyser per track that plays: an element may be given another stream at any time.
_LISTEN = """
async (selector) => {
  const ears = (window.testEars ??= { context: new AudioContext(), known: new Map() });
  if (ears.context.state !== 'running') await ears.context.resume();
  const heard = [];
  for (const element of document.querySelectorAll(selector)) {
    const track = element.srcObject?.getAudioTracks()[0];
    if (!track || element.paused || element.muted || element.volume === 0) continue;
    let analyser = ears.known.get(track);
    if (!analyser) {
      analyser = new AnalyserNode(ears.context, { fftSize: 8192, smoothingTimeConstant: 0 });
      ears.context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      ears.known.set(track, analyser);
    }
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let top = 0;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[top]) top = i;
    heard.push({ hz: top * ears.context.sampleRate / analyser.fftSize,
      db: Number.isFinite(bins[top]) ? bins[top] : -1000 });
  }
  return heard;
}
"""


# Firefox without a sound card leaves every AudioContext suspended, so no analyser runs; a recorder does,
# and an OfflineAudioContext decodes what it recorded. The transform is the analyser's own: Blackman window
# over 8,192 samples (https://www.w3.org/TR/webaudio/#fft-windowing-and-smoothing-over-time).
_RECORD = """
async (selector) => {
  const size = 8192, rate = 48000;
  const hear = async (track) => {
    const recorder = new MediaRecorder(new MediaStream([track]));
    const parts = [];
    const stopped = new Promise(done => { recorder.onstop = done; });
    // Three parts of 100 ms: more than the transform below takes.
    recorder.ondataavailable = (event) => {
      parts.push(event.data);
      if (parts.length === 3) recorder.stop();
    };
    recorder.start(100);
    await stopped;
    const bytes = await new Blob(parts).arrayBuffer();
    if (!bytes.byteLength) return { hz: 0, db: -1000 };
    const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
    const samples = sound.getChannelData(0).slice(-size);
    let top = 0, most = 0;
    for (let k = 10; k < 512; k++) {
      let re = 0, im = 0;
      for (let n = 0; n < samples.length; n++) {
        const turn = 2 * Math.PI * n / size;
        const value = samples[n] * (0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn));
        re += value * Math.cos(k * turn); im -= value * Math.sin(k * turn);
      }
      const power = Math.hypot(re, im) / size;
      if (power > most) { most = power; top = k; }
    }
    return { hz: top * rate / size, db: most ? 20 * Math.log10(most) : -1000 };
  };
  return Promise.all([...document.querySelectorAll(selector)]
    .filter(e => e.srcObject?.getAudioTracks().length && !e.paused && !e.muted && e.volume > 0)
    .map(e => hear(e.srcObject.getAudioTracks()[0])));
}
"""


@dataclass(frozen=True)
class Sight:
    """What a video element shows: colours by name, whether a person sees it.

    ``frames`` counts those that were presented since the first look at this element.
    """

    width: int
    height: int
    left: str
    right: str
    frames: int
    seconds: float
    shown: bool


async def look(tab: Tab, selector: str) -> Sight | None:
    """Looks at the first video of ``selector``; None when there is none or it has no frame yet."""
    seen = await tab.run(_LOOK, selector)
    if seen is None:
        return None
    return Sight(
        seen["width"],
        seen["height"],
        nearest_colour(tuple(seen["left"])),
        nearest_colour(tuple(seen["right"])),
        seen["frames"],
        seen["seconds"],
        seen["shown"],
    )


async def listen(tab: Tab, selector: str = "audio[data-slot]") -> list[float]:
    """The loudest frequency (Hz) of every audio element of ``selector`` that can be heard now."""
    heard = await tab.run(_LISTEN if tab.kind == "chromium" else _RECORD, selector)
    return [one["hz"] for one in heard if one["db"] > HEARD_DB]


def matches(heard: list[float], tone: int) -> bool:
    """Whether ``tone`` is among what was heard."""
    return any(abs(hz - tone) <= TONE_TOLERANCE_HZ for hz in heard)
