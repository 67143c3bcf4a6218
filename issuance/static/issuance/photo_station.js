/** The photo of panel 3: the camera or a file becomes the two pictures of the card. */

import { gettext } from "../city/gettext.js";
import { advice } from "./framing.js";
import { startCamera, stopCamera } from "./camera.js";
import { setFieldError } from "./messages.js";
import { Unusable, forPrint, forQr } from "./photo.js";

const LARGEST_FILE = 20_000_000;
const part = (id) => document.getElementById(id);

export class PhotoStation {
  /** `onTaken` is called when there is a photo, so that the focus can move on; `onChanged` when it comes or goes. */
  constructor(form, { onTaken, onChanged }) {
    this.form = form;
    this.onTaken = onTaken;
    this.onChanged = onChanged;
    this.taken = null;
    this.live = false;
    /** Counts the photos that were cleared: one still being made then belongs to nobody on this page. */
    this.turn = 0;
    /** A promise while a photo is being made, else null. */
    this.making = null;
    part("take-photo").addEventListener("click", () => this.#make(this.#use(part("camera"))));
    part("retake-photo").addEventListener("click", () => {
      this.clear();
      this.onChanged();
      (this.live ? part("take-photo") : part("photo-file")).focus();
    });
    part("photo-file").addEventListener("change", (event) => this.#make(this.#useFile(event.target)));
    this.#show();
  }

  async start() {
    this.live = await startCamera(part("camera"));
    this.#show();
    if (this.live) this.beat = setInterval(() => this.#advise(), 1000);
  }

  stop() {
    clearInterval(this.beat);
    stopCamera(part("camera"));
  }

  /** {qr, print} as Uint8Array, or null. */
  get pictures() {
    return this.taken;
  }

  clear() {
    this.turn += 1;
    this.taken = null;
    for (const id of ["photo-print", "photo-qr"]) wipe(part(id));
    setFieldError(this.form, "photo", "");
    this.#show();
  }

  async #make(work) {
    this.making = work;
    try {
      await work;
    } finally {
      if (this.making === work) this.making = null;
    }
  }

  async #useFile(input) {
    const file = input.files[0];
    if (!file) return;
    const turn = this.turn;
    try {
      if (file.size > LARGEST_FILE) throw new Unusable(gettext("This file is larger than 20 MB. Choose a smaller picture."));
      const bitmap = await createImageBitmap(file).catch(() => {
        throw new Unusable(gettext("This file is not a picture that can be read. Choose a JPEG, PNG or WebP file."));
      });
      await this.#use(bitmap, turn);
      bitmap.close();
    } catch (failure) {
      this.#complain(failure, turn);
    } finally {
      // The file's name is not kept either.
      input.value = "";
    }
  }

  async #use(source, turn = this.turn) {
    if (turn !== this.turn) return;
    try {
      setFieldError(this.form, "photo", "");
      const [qr, print] = await Promise.all([forQr(source), forPrint(source)]);
      const [small, large] = await Promise.all([decoded(qr), decoded(print)]);
      if (turn !== this.turn) return;
      this.taken = { qr, print };
      this.onChanged();
      draw(large, part("photo-print"));
      draw(small, part("photo-qr"));
      part("photo-bytes").textContent = qr.length;
      this.#show();
      this.onTaken();
    } catch (failure) {
      this.#complain(failure, turn);
    }
  }

  /** Says what to mend, as long as there is a picture to be taken. */
  #advise() {
    const waits = !this.taken && part("camera").offsetParent !== null;
    const text = waits ? advice(part("camera")) : "";
    if (part("photo-advice").textContent !== text) part("photo-advice").textContent = text;
  }

  #complain(failure, turn) {
    if (!(failure instanceof Unusable)) throw failure;
    if (turn === this.turn) setFieldError(this.form, "photo", failure.message);
  }

  #show() {
    const taken = Boolean(this.taken);
    part("photo-print").hidden = !taken;
    part("photo-small").hidden = !taken;
    part("retake-photo").hidden = !taken;
    part("take-photo").hidden = taken || !this.live;
    part("photo-file-label").hidden = taken;
    part("camera").hidden = taken || !this.live;
    part("guide").toggleAttribute("hidden", taken || !this.live);
    part("no-camera").hidden = taken || this.live;
  }
}

function decoded(bytes) {
  return createImageBitmap(new Blob([bytes], { type: "image/webp" }));
}

function draw(bitmap, canvas) {
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}

function wipe(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

