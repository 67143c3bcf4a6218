/** Renewal: the old card is scanned, judged by the desk, and what it says handed on. Its codes stay in page memory. */

import { Camera } from "../city/camera.js";
import { gettext } from "../city/gettext.js";
import { listenToKeys } from "../city/keyscanner.js";
import { prepareReader, readQr } from "../city/reader.js";
import { openText } from "../credential/codec.js";
import { post } from "./api.js";
import { clearErrors, say, showFailure } from "./messages.js";

const part = (id) => document.getElementById(id);

export class RenewForm {
  /** `onRead({ texts, said })` is called with the codes of an old card and what the desk read from them. */
  constructor(section, onRead) {
    this.section = section;
    this.onRead = onRead;
    this.texts = [];
    this.asking = false;
    this.camera = new Camera(part("renew-camera"), (pixels) => this.#look(pixels));
    part("renew-camera-button").addEventListener("click", () => this.#toggleCamera());
    listenToKeys(document, (byKeys, byCharacters) => {
      if (!this.section.hidden) this.#read(isCard(byCharacters) && !isCard(byKeys) ? byCharacters : byKeys);
    });
  }

  focus() {
    part("renew-title").focus();
  }

  /** Forgets what was scanned. */
  clear() {
    this.texts = [];
    this.#stop();
    part("renew-status").textContent = "";
    clearErrors(part("renew-form"), part("renew-alert"));
  }

  async #toggleCamera() {
    if (this.camera.running) {
      this.#stop();
      return;
    }
    try {
      await prepareReader();
      await this.camera.start();
      part("renew-camera").hidden = false;
      part("renew-camera-button").textContent = gettext("Stop the camera");
    } catch {
      say(part("renew-alert"), gettext("The camera cannot be used."), gettext("Allow it in the browser, or use the hand scanner."));
    }
  }

  #stop() {
    this.camera.stop();
    part("renew-camera").hidden = true;
    part("renew-camera-button").textContent = gettext("Scan with the camera");
  }

  async #look(pixels) {
    const text = await readQr(pixels).catch(() => null);
    if (text && this.camera.running && !this.texts.includes(text)) await this.#read(text);
  }

  async #read(text) {
    if (this.asking) return;
    this.asking = true;
    const texts = [...this.texts, text];
    clearErrors(part("renew-form"), part("renew-alert"));
    part("renew-status").textContent = gettext("One moment…");
    try {
      const said = await post("/cards/renewal", { renews: texts });
      // Hidden or cleared meanwhile: this resident is gone.
      if (this.section.hidden) return;
      this.texts = texts;
      part("renew-status").textContent = gettext("{scanned} of {codes} codes read. Scan the next one.", said);
      if (said.scanned < said.codes) return;
      this.clear();
      this.onRead({ texts, said });
    } catch (failure) {
      part("renew-status").textContent = "";
      this.#stop();
      showFailure(part("renew-form"), part("renew-alert"), failure);
    } finally {
      this.asking = false;
    }
  }
}

/** Whether `text` is laid out as a card: a scanner whose keys mean other characters writes something else. */
function isCard(text) {
  try {
    openText(text);
    return true;
  } catch {
    return false;
  }
}
