// Kiosk mode: only the check is shown, over the whole screen, which stays on.

let lock = null;

export async function enterKiosk() {
  document.documentElement.dataset.kiosk = "";
  await Promise.allSettled([document.documentElement.requestFullscreen?.(), keepAwake()]);
}

export async function leaveKiosk() {
  delete document.documentElement.dataset.kiosk;
  await Promise.allSettled([document.fullscreenElement && document.exitFullscreen(), lock?.release()]);
  lock = null;
}

async function keepAwake() {
  lock = (await navigator.wakeLock?.request("screen")) ?? null;
}

// A lock ends when the page is out of sight.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && "kiosk" in document.documentElement.dataset) keepAwake().catch(() => {});
});
