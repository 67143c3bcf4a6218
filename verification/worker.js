// Service worker of the scanner: keeps the files of one version, each checked against its hash, and answers from them.

const CACHE = "scanner-" + hash(JSON.stringify(PRECACHE));
const SCOPE = "/scan/";

/** A short name for a version; the files themselves are guarded by their own SHA-256. */
function hash(text) {
  let value = 0;
  for (const character of text) value = (Math.imul(value, 31) + character.charCodeAt(0)) >>> 0;
  return value.toString(16);
}

async function keepAll() {
  const cache = await caches.open(CACHE);
  await Promise.all(
    Object.entries(PRECACHE).map(async ([address, integrity]) => {
      const response = await fetch(address, { integrity, cache: "no-store", credentials: "omit", redirect: "error" });
      if (!response.ok) throw new Error("a file of the scanner is missing");
      await cache.put(address, response);
    }),
  );
}

async function dropOthers() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await clients.claim();
}

/** The kept page in the language that the address or the browser asks for. */
function pageFor(url) {
  const asked = [url.searchParams.get("lang"), ...navigator.languages.map((language) => language.split("-")[0]), "en"];
  return asked.map((language) => `${SCOPE}?lang=${language}`).find((address) => address in PRECACHE);
}

function keptAddress(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return null;
  if (request.mode === "navigate") return url.pathname === SCOPE ? pageFor(url) : null;
  return url.pathname in PRECACHE ? url.pathname : null;
}

async function answer(address, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? fetch(request);
}

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(dropOthers()));
addEventListener("message", (event) => event.data === "use the new version" && skipWaiting());
addEventListener("fetch", (event) => {
  const address = keptAddress(event.request);
  if (address) event.respondWith(answer(address, event.request));
});
