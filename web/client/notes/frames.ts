/** y-protocols messages in lib0 encoding: what the notes send and receive as binary frames. */

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

export type Frame =
  /** What the sender has: a state vector. Asks for a `reply`. */
  | { kind: "ask"; vector: Uint8Array }
  /** Everything the asker lacked. */
  | { kind: "reply"; update: Uint8Array }
  | { kind: "update"; update: Uint8Array }
  | { kind: "awareness"; update: Uint8Array }
  /** Asks for all awareness states. */
  | { kind: "query" };

const SYNC = 0;
const AWARENESS = 1;
const QUERY = 3;
const SYNC_KINDS = { ask: 0, reply: 1, update: 2 } as const;

export function encodeFrame(frame: Frame): Uint8Array {
  const encoder = encoding.createEncoder();
  switch (frame.kind) {
    case "ask":
      encoding.writeVarUint(encoder, SYNC);
      encoding.writeVarUint(encoder, SYNC_KINDS.ask);
      encoding.writeVarUint8Array(encoder, frame.vector);
      break;
    case "reply":
    case "update":
      encoding.writeVarUint(encoder, SYNC);
      encoding.writeVarUint(encoder, SYNC_KINDS[frame.kind]);
      encoding.writeVarUint8Array(encoder, frame.update);
      break;
    case "awareness":
      encoding.writeVarUint(encoder, AWARENESS);
      encoding.writeVarUint8Array(encoder, frame.update);
      break;
    case "query":
      encoding.writeVarUint(encoder, QUERY);
      break;
  }
  return encoding.toUint8Array(encoder);
}

/** Null when the frame is of a kind this client does not know; throws when it is cut short. */
export function decodeFrame(data: Uint8Array): Frame | null {
  const decoder = decoding.createDecoder(data);
  switch (decoding.readVarUint(decoder)) {
    case SYNC: {
      const kind = decoding.readVarUint(decoder);
      const body = decoding.readVarUint8Array(decoder);
      if (kind === SYNC_KINDS.ask) return { kind: "ask", vector: body };
      if (kind === SYNC_KINDS.reply) return { kind: "reply", update: body };
      if (kind === SYNC_KINDS.update) return { kind: "update", update: body };
      return null;
    }
    case AWARENESS:
      return { kind: "awareness", update: decoding.readVarUint8Array(decoder) };
    case QUERY:
      return { kind: "query" };
    default:
      return null;
  }
}
