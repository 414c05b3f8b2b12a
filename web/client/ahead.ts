/**
 * The call's socket is opened by the page itself (`begin.ts`), ahead of the script that speaks on it: at 300 ms
 * of round trip it takes 0.6 s to open, which is how long the script takes to come.
 */

import type { Socket } from "./connection";

declare global {
  interface Window {
    /** Opened ahead; gone once it was taken. */
    ahead?: WebSocket;
  }
}

/** The address of a WebSocket at this path of the page's own site. */
export function socketUrl(path: string, page: Location): string {
  const url = new URL(path, page.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** The socket that was opened ahead, once and while it may still be of use; else a new one. */
export function takeSocket(page: { ahead?: WebSocket }, open: () => WebSocket): Socket {
  const ahead = page.ahead;
  delete page.ahead;
  const useful = ahead !== undefined && ahead.readyState <= WebSocket.OPEN;
  return (useful ? ahead : open()) as unknown as Socket;
}
