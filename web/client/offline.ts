// The service worker: keeps one page for when there is no network, and shows what it is told by Web Push. Pages are
// never served from here while the server answers, so nobody sees yesterday's.

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
  addEventListener(
    type: "push",
    act: (event: {
      readonly data: { json(): unknown } | null;
      waitUntil(done: Promise<unknown>): void;
    }) => void,
  ): void;
  addEventListener(
    type: "notificationclick",
    act: (event: { readonly notification: Notification; waitUntil(done: Promise<unknown>): void }) => void,
  ): void;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<readonly Page[]>;
    openWindow(path: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
}

interface Page {
  readonly url: string;
  focus(): Promise<unknown>;
}

/** What the server sends (server/pushes.py). */
interface Told {
  readonly title: string;
  readonly body: string;
  readonly path: string;
  readonly tag: string;
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

worker.addEventListener("push", (event) => {
  if (event.data === null) return;
  const { title, body, path, tag } = event.data.json() as Told;
  // A later word on the same session takes the earlier one's place.
  event.waitUntil(worker.registration.showNotification(title, { body, tag, data: path }));
});

worker.addEventListener("notificationclick", (event) => {
  const { notification } = event;
  notification.close();
  const { href } = new URL(String(notification.data), location.origin);
  event.waitUntil(
    worker.clients
      .matchAll({ type: "window", includeUncontrolled: true })
      .then((pages) => pages.find(({ url }) => url === href)?.focus() ?? worker.clients.openWindow(href)),
  );
});

async function kept(path: string): Promise<Response> {
  return (await (await caches.open(VERSION)).match(path)) ?? Response.error();
}
