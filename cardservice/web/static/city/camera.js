// The camera: its picture, which one of several, its lamp, and each new frame handed on.

/** One camera at a time, shown in `video`; `onFrame(pixels, taken)` gets ImageData and when the frame came. */
export class Camera {
  #video;
  #onFrame;
  #stream = null;
  #canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  #round = 0;

  constructor(video, onFrame) {
    this.#video = video;
    this.#onFrame = onFrame;
  }

  get running() {
    return this.#stream !== null;
  }

  /** Starts the camera `deviceId`, or the one that looks away from the screen. Throws DOMException. */
  async start(deviceId) {
    this.stop();
    const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "environment" };
    const video = { ...which, width: { ideal: 1280 }, height: { ideal: 720 } };
    this.#stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    this.#video.srcObject = this.#stream;
    await this.#video.play();
    this.#next(++this.#round);
  }

  stop() {
    this.#round++;
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** [{deviceId, label}] of the cameras; labels are known once one was allowed. */
  async all() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId, label }) => ({ deviceId, label }));
  }

  get deviceId() {
    return this.#stream?.getVideoTracks()[0].getSettings().deviceId ?? null;
  }

  get hasTorch() {
    return Boolean(this.#stream?.getVideoTracks()[0].getCapabilities?.().torch);
  }

  async light(on) {
    await this.#stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  }

  #next(round) {
    if (round !== this.#round) return;
    const look = async () => {
      const taken = performance.now();
      const pixels = this.#pixels();
      if (pixels) await this.#onFrame(pixels, taken);
      this.#next(round);
    };
    if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(look);
    else requestAnimationFrame(look);
  }

  #pixels() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!width) return null;
    const { canvas } = this.#canvas;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    this.#canvas.drawImage(this.#video, 0, 0);
    return this.#canvas.getImageData(0, 0, width, height);
  }
}
