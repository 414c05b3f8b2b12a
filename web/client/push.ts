/** Web Push: this browser is told of sessions though no page is open. */

import { decode } from "./passkeys";

/** Whether this browser can be told at all. */
export const canBeTold = "serviceWorker" in navigator && "PushManager" in window;

/** Asks the person and the browser's push service, and tells the server; where to go on. Rejects where one says no. */
export async function subscribe(): Promise<string> {
  const worker = await navigator.serviceWorker.register("/sw.js");
  const answer = await fetch("/account/push/key", { headers: { Accept: "application/json" } });
  const { key } = (await answer.json()) as { key: string };
  await navigator.serviceWorker.ready;
  const found = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: decode(key),
  });
  const told = await fetch("/account/push", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(found),
  });
  if (!told.ok) throw new Error(String(told.status));
  return ((await told.json()) as { next: string }).next;
}
