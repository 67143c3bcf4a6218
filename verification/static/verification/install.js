// Installing the scanner on this device, so that it starts without network, and changing to a new version.

/** Registers the worker; `onNewVersion(use)` is called when a newer one waits: `use()` changes to it and reloads. */
export async function install(onNewVersion) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const hadOne = Boolean(workers.controller);
  // The first worker only takes over the page that it was made from.
  workers.addEventListener("controllerchange", () => hadOne && location.reload());
  try {
    const registration = await workers.register("/scan/worker.js", { scope: "/scan/", updateViaCache: "none" });
    const offer = () => registration.waiting && hadOne && onNewVersion(() => registration.waiting.postMessage("use the new version"));
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
    offer();
  } catch {
    // Without network the installed version goes on working; without permission the page works while it is open.
  }
  navigator.storage?.persist?.();
}
