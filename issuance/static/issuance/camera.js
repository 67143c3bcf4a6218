/** The webcam: started once, live until the page is left. */

/** Shows the camera in `video`. Returns whether there is one and the browser lets us. */
export async function startCamera(video) {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { width: { ideal: 1280 }, height: { ideal: 960 }, facingMode: "user" },
    });
    await video.play();
    return true;
  } catch {
    return false;
  }
}

/** Switches the camera off. */
export function stopCamera(video) {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}
