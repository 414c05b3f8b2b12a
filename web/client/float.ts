/** Whoever speaks in a small window over other apps: a document of its own where there is that, else the video alone. */

import { html, nothing, render } from "lit";
import type { Call } from "./call";
import { t } from "./i18n";
import { icon } from "./icon";
import { hue, initials } from "./person";
import type { Member } from "./protocol";
import { others, type State, slotOf } from "./state";
import { Picture } from "./views/picture";

/** The window's first size, in CSS pixels. */
const SIZE = { width: 320, height: 230 };

interface Floating {
  close(): void;
}

let open: Floating | null = null;

/** Opens the small window, or closes it. Rejects where the browser refuses. */
export async function toggleFloat(call: Call): Promise<void> {
  if (open !== null) {
    open.close();
    return;
  }
  open = await (window.documentPictureInPicture === undefined ? ofVideo(call) : ofDocument(call));
}

/** Who is shown: whoever speaks, or spoke last, or is here at all. */
export function shownIn(state: State): Member | null {
  const here = others(state);
  const spoke = [state.speaker, state.lastSpeaker].map((id) => here.find((member) => member.id === id));
  return spoke.find((member) => member !== undefined) ?? here[0] ?? null;
}

function show(call: Call, picture: Picture, member: Member | null): void {
  const slot = member?.camera ? slotOf(call.state, member.id, "camera") : undefined;
  const track = slot === undefined || slot.paused ? undefined : call.hearing.video(slot.mid);
  if (slot === undefined || track === undefined) picture.hide();
  else picture.show(track, slot.since, slot.reused);
}

async function ofDocument(call: Call): Promise<Floating> {
  const own = await (window.documentPictureInPicture as DocumentPictureInPicture).requestWindow(SIZE);
  const page = own.document;
  page.documentElement.lang = document.documentElement.lang;
  page.title = document.title;
  for (const link of document.querySelectorAll('link[rel="stylesheet"]')) page.head.append(link.cloneNode());
  page.body.className = "float";
  page.body.dataset.theme = "dark";
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.autoplay = true;
  const draw = (): void => {
    const { state } = call;
    const member = shownIn(state);
    show(call, picture, member);
    const on = state.mine.microphone === "on";
    const label = t(on ? "control.microphone-off" : "control.microphone-on");
    render(
      html`${video}
        ${
          picture.shown || member === null
            ? nothing
            : html`<span class="initials float-initials hue-${hue(member.name)}" aria-hidden="true">${initials(member.name)}</span>`
        }
        <p class="float-name">${member?.name ?? ""}</p>
        <button class="control ${on ? "" : "off"}" type="button" data-float-mute aria-label=${label} aria-pressed=${on} @click=${() => call.devices.setMicrophone(!on)}>
          ${icon(on ? "microphone" : "microphone-off")}
        </button>`,
      page.body,
    );
    page.body.dataset.picture = picture.shown ? "on" : "off";
  };
  const picture = new Picture(video, draw);
  const ends = [call.watch(draw), closing(call, () => own.close())];
  own.addEventListener("pagehide", () => {
    for (const end of ends) end();
    picture.hide();
    open = null;
  });
  draw();
  return own;
}

async function ofVideo(call: Call): Promise<Floating> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.className = "visually-hidden";
  document.body.append(video);
  const picture = new Picture(video, () => undefined);
  const draw = (): void => show(call, picture, shownIn(call.state));
  const close = (): void => {
    if (document.pictureInPictureElement === video) void document.exitPictureInPicture();
  };
  const ends = [call.watch(draw), closing(call, close), () => picture.hide(), () => video.remove()];
  const over = (): void => {
    for (const end of ends) end();
    open = null;
  };
  draw();
  try {
    if (video.readyState === 0)
      await new Promise((resolve) => video.addEventListener("loadedmetadata", resolve, { once: true }));
    await video.requestPictureInPicture();
  } catch (error) {
    over();
    throw error;
  }
  video.addEventListener("leavepictureinpicture", over);
  return { close };
}

/** With the call its small window ends. */
const closing = (call: Call, close: () => void): (() => void) =>
  call.store.watch(({ view }) => {
    if (view !== "room") close();
  });
