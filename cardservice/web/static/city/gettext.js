/** The texts of scripts in the language of their page: the page brings them along (template tag `script_texts`). */

const element = document.getElementById("script-texts");
const texts = element ? JSON.parse(element.textContent) : {};

/**
 * The text in the page's language, or as it stands in the source where the page brought no other; `{name}` in it is
 * replaced by `values.name`.
 */
export function gettext(text, values = {}) {
  return (texts[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
