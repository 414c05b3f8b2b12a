/** Lets the browser keep the page for when there is no network. Where it can't (plain http), nothing is lost. */
export function keepOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js").catch(() => undefined);
}
