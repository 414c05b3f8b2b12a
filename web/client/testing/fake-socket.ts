import type { Socket } from "../connection";
import type { ClientMessage, ServerMessage } from "../protocol";

/** A WebSocket whose other end is the test. */
export class FakeSocket implements Socket {
  /** Connecting, as a real one begins; some are open when they are taken. */
  readyState = 0;
  binaryType: BinaryType = "blob";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: ClientMessage[] = [];
  readonly frames: Uint8Array[] = [];
  closed = false;

  send(data: string | Uint8Array): void {
    if (typeof data === "string") this.sent.push(JSON.parse(data) as ClientMessage);
    else this.frames.push(data);
  }

  close(): void {
    this.closed = true;
  }

  /** Only the messages of one type. */
  of<T extends ClientMessage["type"]>(type: T): Extract<ClientMessage, { type: T }>[] {
    return this.sent.filter(
      (message): message is Extract<ClientMessage, { type: T }> => message.type === type,
    );
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}
