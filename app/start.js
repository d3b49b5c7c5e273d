// Starts the app once the page is painted: after load when the phone is idle, or at the first touch.
// A tap on a button made before is kept and given to the same button of the running app.
// Both apps use this file; <html data-start="now"> starts at once.
(() => {
  const named = (name) => document.querySelector(`meta[name="${name}"]`).content;
  const root = document.documentElement;
  let started = false;
  let early = null;

  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };
  // How the reader likes to see pages, before anything moves.
  Object.assign(root.dataset, read("okini.display") ?? {});

  const button = (event) => event.target.closest?.("button, [data-tap]");
  const keep = (event) => {
    const tapped = button(event);
    if (!tapped || event.defaultPrevented) return;
    event.preventDefault();
    const places = [];
    for (let here = tapped; here && here.id !== "app"; here = here.parentElement) {
      places.unshift([...here.parentElement.children].indexOf(here));
    }
    early = { id: tapped.id, test: tapped.dataset.testid, places };
  };
  const replay = () => {
    if (!early) return;
    const { id, test, places } = early;
    let here = id ? document.getElementById(id) : test && document.querySelector(`[data-testid="${CSS.escape(test)}"]`);
    if (!here) {
      here = document.getElementById("app");
      for (const place of places) here = here?.children[place];
    }
    here?.click();
  };

  const start = async () => {
    if (started) return;
    started = true;
    const { default: init } = await import(named("okini-js"));
    await init({ module_or_path: named("okini-wasm") });
    removeEventListener("click", keep, true);
    replay();
    root.dataset.ready = "";
    const idle = self.requestIdleCallback ?? setTimeout;
    idle(() => root.dataset.worker && keepForOffline());
  };

  // The service worker keeps what this page is made of, so that it opens without a network.
  const keepForOffline = async () => {
    if (!navigator.serviceWorker) return;
    const { worker: url, version } = root.dataset;
    await navigator.serviceWorker.register(url);
    const { active } = await navigator.serviceWorker.ready;
    const parts = performance.getEntriesByType("resource").map((entry) => entry.name);
    const assets = parts.filter((name) => name.startsWith(location.origin + "/assets/"));
    active?.postMessage({ version, assets: [...new Set(assets)], page: location.pathname });
  };

  addEventListener("click", keep, true);
  addEventListener("pointerdown", start, { once: true, passive: true });
  addEventListener("keydown", start, { once: true, passive: true });
  const soon = () => (self.requestIdleCallback ?? setTimeout)(start, { timeout: 2000 });
  if (root.dataset.start === "now") start();
  else if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
})();
