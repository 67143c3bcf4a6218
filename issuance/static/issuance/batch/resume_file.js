/** The resume file of a batch, as the command line writes it: random seed, number of rows, the row tried first. */

import { gettext } from "../../city/gettext.js";
import { isSeed } from "./row_seed.js";
import { ListRefused } from "./csv_list.js";

/** The text of the file. `tried` is the number of the first row whose card may exist. */
export function resumeText({ seed, rows, tried }) {
  return JSON.stringify({ batch_seed: seed, rows, tried });
}

/** What a resume file for a list of `rows` rows says: `{ seed, tried }`. Throws ListRefused. */
export async function readResume(file, rows) {
  let kept = null;
  try {
    kept = JSON.parse(await file.text());
  } catch {
    // Said below, as of every file that is none.
  }
  if (kept?.finished === true) throw new ListRefused(gettext("The batch of this resume file is finished: to issue more cards, begin a new one."));
  const numbered = Number.isInteger(kept?.rows) && (kept.tried === null || Number.isInteger(kept.tried));
  if (!numbered || !isSeed(kept.batch_seed)) throw new ListRefused(gettext("This is no resume file of a batch: choose another one."));
  if (kept.rows !== rows) {
    throw new ListRefused(gettext("This resume file belongs to a batch of {known} rows, the list has {rows}: choose that list, or another resume file.", { known: kept.rows, rows }));
  }
  return { seed: kept.batch_seed, tried: kept.tried };
}
