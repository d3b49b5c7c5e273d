// Keeps what a page is made of and each facility's last menu, so that an opened menu stays readable without a network.
// Never touches the API, orders or payments: what is not answered here goes to the network as if this were not there.
const MENUS = "menus";
const assetsOf = (version) => `assets-${version}`;
const OFFLINE = "/assets/diner/offline.html";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// One kept page for a facility: its screens differ only by the address.
const baseOf = (path) => path.match(/^\/f\/[^/]+(\/t\/[^/]+)?/i)?.[0];

const keepPage = async (base) => {
  const answer = await fetch(base, { credentials: "same-origin" });
  if (answer.ok) await (await caches.open(MENUS)).put(base, answer);
};

self.addEventListener("message", ({ data: { version, assets, page } }) => {
  const work = async () => {
    for (const name of await caches.keys()) {
      if (name !== MENUS && name !== assetsOf(version)) await caches.delete(name);
    }
    const cache = await caches.open(assetsOf(version));
    const kept = new Set((await cache.keys()).map(({ url }) => url));
    const wanted = [...assets, new URL(OFFLINE, location).href];
    await Promise.allSettled(wanted.filter((url) => !kept.has(url)).map((url) => cache.add(url)));
    const base = baseOf(page);
    if (base && !(await caches.match(base))) await keepPage(base);
  };
  work();
});

const fromMenu = async (request, base) => {
  try {
    const answer = await fetch(request);
    const whole = new URL(request.url).pathname === base;
    if (answer.ok && whole) (await caches.open(MENUS)).put(base, answer.clone());
    return answer;
  } catch {
    return (await caches.match(base)) ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
};

const fromNetwork = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
};

// Built files have their content's hash in the name, pictures change their name with their content.
const fromCache = async (request) => {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  const names = (await caches.keys()).filter((name) => name.startsWith("assets-"));
  if (answer.ok && names.length) (await caches.open(names.at(-1))).put(request, answer.clone());
  return answer;
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/api/")) return;
  const base = baseOf(pathname);
  if (request.mode === "navigate") event.respondWith(base ? fromMenu(request, base) : fromNetwork(request));
  else if (/^\/(assets|pictures)\//.test(pathname)) event.respondWith(fromCache(request));
});
