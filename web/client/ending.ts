/** How this page comes out of the room: refused, said goodbye to, back at its door, gone for good. */

import type { ByeReason, ErrorCode } from "./protocol";
import { outside, type State } from "./state";

const fatal: ReadonlySet<ErrorCode> = new Set([
  "link-invalid",
  "link-expired",
  "link-revoked",
  "room-ended",
  "room-full",
  "server-full",
  "elsewhere",
  "too-many-joins",
]);

/** After an error of the server: some end the call on this page, some lead back to the green room. */
export function refused(state: State, code: ErrorCode, about: string | null): State {
  if (fatal.has(code) && (about === "join" || about === "enter" || about === null)) {
    return { ...forgotten(state), view: "error", ending: code };
  }
  if (about === "enter" && code === "store-unavailable") return { ...state, joinError: code };
  if (about === "enter") {
    const named = code === "name-missing" || code === "name-too-long";
    return {
      ...state,
      view: "green-room",
      place: null,
      nameError: named ? code : null,
      joinError: named ? null : code,
    };
  }
  if (about === "join") return { ...state, joinError: code };
  return state;
}

const final: ReadonlySet<ByeReason> = new Set([
  "replaced",
  "revoked",
  "removed",
  "refused",
  "visited",
  "room-ended",
]);

/** After the server's goodbye; one that only stops will be back. */
export function bye(state: State, reason: ByeReason): State {
  if (final.has(reason)) return { ...forgotten(state), view: "error", ending: reason };
  if (reason === "stopping") return { ...state, link: "stopping", joined: false };
  return state;
}

/** Back from the room to its door: nobody is seen or heard any more. */
export function outAgain(state: State): State {
  const members = state.members.filter((member) => member.id !== state.me.id);
  return { ...state, waiting: true, entered: false, members, slots: [], panel: null, reactions: [] };
}

/** Nobody, nothing: this page is not in the room any more. */
export const forgotten = (state: State): State => ({ ...state, ...outside });
