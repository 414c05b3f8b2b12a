// The service worker: keeps one page for when there is no network, and nothing else. Pages are never served from
// here while the server answers, so nobody sees yesterday's.

/** Written in front of this file by the server (server/pages/installed.py). */
declare const VERSION: string;
declare const KEPT: readonly string[];

/** What is used of ServiceWorkerGlobalScope; the library of workers can't be had beside the pages' own. */
interface Worker {
  addEventListener(
    type: "install" | "activate",
    act: (event: { waitUntil(done: Promise<unknown>): void }) => void,
  ): void;
  addEventListener(
    type: "fetch",
    act: (event: { readonly request: Request; respondWith(answer: Promise<Response>): void }) => void,
  ): void;
  skipWaiting(): Promise<void>;
}

const worker = self as unknown as Worker;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(VERSION)
      .then((cache) => cache.addAll([...KEPT]))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name !== VERSION));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept("/offline")));
  else if (KEPT.includes(path)) event.respondWith(fetch(request).catch(() => kept(path)));
});

async function kept(path: string): Promise<Response> {
  return (await (await caches.open(VERSION)).match(path)) ?? Response.error();
}
