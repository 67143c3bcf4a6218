// Scanners that type: reads which physical keys they press, since the characters depend on the keyboard layout that is
// set, and nearly all of these scanners press the keys of a US keyboard.

const PLAIN = new Map([["Space", " "], ["Minus", "-"], ["Period", "."], ["Slash", "/"]]);
const SHIFTED = new Map([["Digit4", "$"], ["Digit5", "%"], ["Digit8", "*"], ["Equal", "+"], ["Semicolon", ":"], ["Space", " "]]);
const PAD = new Map([["NumpadAdd", "+"], ["NumpadSubtract", "-"], ["NumpadMultiply", "*"], ["NumpadDivide", "/"], ["NumpadDecimal", "."]]);
for (const digit of "0123456789") {
  PLAIN.set(`Digit${digit}`, digit);
  PAD.set(`Numpad${digit}`, digit);
}
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  PLAIN.set(`Key${letter}`, letter);
  SHIFTED.set(`Key${letter}`, letter);
}
const ENDS = new Set(["Enter", "NumpadEnter", "Tab"]);
/** Milliseconds of silence after which a reading is over; slow scanners pause for up to a tenth of a second. */
const SILENCE = 400;
/** The shortest card has some 300 characters; fewer keys than this are a person's. */
const LEAST = 60;

/** The character that a US keyboard has on the key of `event`; undefined for keys that base45 does not use. */
export const characterOnUsKeyboard = ({ code, shiftKey }) => PAD.get(code) ?? (shiftKey ? SHIFTED : PLAIN).get(code);

/**
 * Listens to keys on `target`; `onText(byKeys, byCharacters)` gets each reading twice: as a US keyboard would write it,
 * and as this computer's layout did, for scanners that are set to the same layout.
 */
export function listenToKeys(target, onText) {
  let byKeys = "";
  let byCharacters = "";
  let timer = 0;

  function finish() {
    clearTimeout(timer);
    const reading = [byKeys, byCharacters];
    byKeys = byCharacters = "";
    if (reading[0].length >= LEAST) onText(...reading);
  }

  target.addEventListener(
    "keydown",
    (event) => {
      const isTypedField = event.target.closest?.("input, select, textarea");
      const isOwn = event.ctrlKey && event.altKey ? false : event.ctrlKey || event.metaKey;
      if (isTypedField || isOwn || event.isComposing) return;
      const began = byKeys !== "";
      if (ENDS.has(event.code)) {
        if (!began) return;
        swallow(event);
        finish();
        return;
      }
      // A space bar alone is a person pressing a button.
      if (event.code === "Space" && !began) return;
      const character = characterOnUsKeyboard(event);
      if (character === undefined && event.key.length !== 1 && event.key !== "Dead") return;
      byKeys += character ?? "\u{fffd}";
      byCharacters += event.key.length === 1 ? event.key : "";
      if (began) swallow(event);
      clearTimeout(timer);
      timer = setTimeout(finish, SILENCE);
    },
    { capture: true },
  );
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}
