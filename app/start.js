// Starts the app once the page is painted: after load when the phone is idle, or at the first touch.
// What the reader does before is not lost: a tap on a button is given to the same button of the running app, and so are
// the focus and what was typed. Both apps use this file; <html data-start="now"> starts at once.
(() => {
  const named = (name) => document.querySelector(`meta[name="${name}"]`).content;
  const root = document.documentElement;
  const idle = (then) => (self.requestIdleCallback ?? setTimeout)(then, { timeout: 2000 });
  let started = false;
  let tapped = null;
  let field = null;

  // How the reader likes to see pages.
  try {
    Object.assign(root.dataset, JSON.parse(localStorage.getItem("okini.display")));
  } catch {
    // A storage that is closed or damaged: then the pages look as they do for everybody.
  }

  // A page of plain forms needs no program.
  if ("plain" in root.dataset) {
    root.dataset.ready = "";
    return;
  }

  // An element by its place in the tree, which the app's own view shares with the written page.
  const placeOf = (element) => {
    const place = [];
    for (let here = element; here.id !== "app"; here = here.parentElement) {
      place.unshift([...here.parentElement.children].indexOf(here));
    }
    return place;
  };
  const at = (place) => place.reduce((here, index) => here?.children[index], document.getElementById("app"));

  const keepTap = (event) => {
    const button = event.target.closest?.("#app button");
    if (!button) return;
    event.preventDefault();
    tapped = { test: button.dataset.testid, place: placeOf(button) };
  };
  const keepField = ({ target }) => {
    if (target.closest?.("#app")) field = { place: placeOf(target), text: target.value };
  };
  const early = [["click", keepTap], ["focusin", keepField], ["input", keepField]];

  const giveBack = () => {
    const input = field && at(field.place);
    if (input) {
      input.focus({ preventScroll: true });
      if (field.text) {
        input.value = field.text;
        input.dispatchEvent(new Event("input"));
      }
    }
    const byName = tapped?.test && document.querySelector(`[data-testid="${CSS.escape(tapped.test)}"]`);
    if (tapped) (byName ?? at(tapped.place))?.click();
  };

  // What stands at the top of the screen stays there: how long the page is above it is only guessed until it is drawn.
  const whereIAm = () => {
    const seen = scrollY > 0 && document.elementFromPoint(innerWidth / 2, 100)?.closest("#app li, #app section");
    if (!seen) return undefined;
    const [place, top, y] = [placeOf(seen), seen.getBoundingClientRect().top, scrollY];
    return () => {
      scrollTo(0, y);
      const again = at(place);
      if (again) scrollBy(0, again.getBoundingClientRect().top - top);
    };
  };

  // The service worker keeps what this page is made of, so that it opens without a network.
  const keepForOffline = async () => {
    if (!navigator.serviceWorker) return;
    await navigator.serviceWorker.register(root.dataset.worker);
    const { active } = await navigator.serviceWorker.ready;
    const parts = performance.getEntriesByType("resource").map(({ name }) => name);
    const assets = parts.filter((name) => name.startsWith(location.origin + "/assets/"));
    active.postMessage({ version: root.dataset.version, assets: [...new Set(assets)], page: location.pathname });
  };

  const start = async () => {
    if (started) return;
    started = true;
    // Both travel at once.
    const program = fetch(named("okini-wasm"));
    const { initSync } = await import(named("okini-js"));
    const module = await WebAssembly.compileStreaming(program);
    const keepPlace = whereIAm();
    initSync({ module });
    keepPlace?.();
    for (const [event, keep] of early) removeEventListener(event, keep, true);
    giveBack();
    root.dataset.ready = "";
    if (root.dataset.worker) idle(keepForOffline);
  };

  for (const [event, keep] of early) addEventListener(event, keep, true);
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, start, { once: true, passive: true });
  if (root.dataset.start === "now") start();
  else if (document.readyState === "complete") idle(start);
  else addEventListener("load", () => idle(start), { once: true });
})();
