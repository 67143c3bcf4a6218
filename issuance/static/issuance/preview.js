/** Panel 4 before the card exists: its sides as they will print, drawn by the desk. */

import { gettext } from "../city/gettext.js";
import { monthInWords } from "./months.js";

const part = (id) => document.getElementById(id);

export class Preview {
  #addresses = [];

  get shown() {
    return !part("preview").hidden;
  }

  /** Shows the answer to POST /cards/preview of `order`. */
  show(order, { expires, faces }) {
    this.hide();
    for (const face of faces) part("preview-sides").append(this.#side(order, face));
    part("preview-alike").hidden = !faces[0].sector;
    part("preview-born").textContent = order.born ? part("born").value.trim() : gettext("none");
    part("preview-expires").textContent = monthInWords(expires);
    part("preview-language").textContent = part("language").selectedOptions[0].textContent;
    part("preview").hidden = false;
    part("see-button").hidden = true;
    part("issue-button").focus({ preventScroll: true });
    part("preview").scrollIntoView({ block: "nearest" });
  }

  hide() {
    part("preview-sides").replaceChildren();
    for (const address of this.#addresses.splice(0)) URL.revokeObjectURL(address);
    for (const fact of ["born", "expires", "language"]) part(`preview-${fact}`).textContent = "";
    part("preview").hidden = true;
    part("see-button").hidden = false;
  }

  #side(order, { name, picture }) {
    const bytes = Uint8Array.from(atob(picture), (symbol) => symbol.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
    this.#addresses.push(address);
    const back = name === "portrait";
    const figure = document.createElement("figure");
    figure.className = "preview__side";
    const image = Object.assign(document.createElement("img"), {
      className: "preview__picture",
      src: address,
      width: 1011,
      height: 637,
      alt: back ? gettext("Back of the card as it will print") : gettext("Front of the card as it will print, with the name {name}", { name: order.name }),
    });
    const caption = document.createElement("figcaption");
    caption.textContent = back ? gettext("Back") : gettext("Front");
    figure.append(image, caption);
    return figure;
  }
}
