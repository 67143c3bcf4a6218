/** Issues the rows of a list one by one; asked for again, a row gives the card that it gave before. */

import { gettext } from "../../city/gettext.js";
import { ConnectionLost, Refused, SignedOut, Unavailable, post, postUntilAnswered } from "../api.js";
import { sentence } from "../messages.js";
import { isGarbled } from "./csv_list.js";
import { seedOfRow } from "./row_seed.js";

const OF_THE_ROW = [400, 409, 410];

/** The batch stands still: the message says why; going on asks for the same row again. */
export class Halted extends Error {}

/** The resume file was begun with another list. */
export class AnotherList extends Error {}

export class BatchRun {
  /** `tried` is the row that an earlier run tried first; `onRow()` is called after each row. */
  constructor({ rows, seed, tried, policyVersion, onRow }) {
    const first = rows.filter((row) => row.number === tried);
    if (tried !== null && !first.length) throw new AnotherList();
    this.waiting = [...first, ...rows.filter((row) => row.number !== tried)];
    this.total = rows.length;
    this.seed = seed;
    this.policyVersion = policyVersion;
    this.onRow = onRow;
    /** Orders of the cards made, by row number. */
    this.made = new Map();
    /** Why there is no card, by row number. */
    this.refused = new Map();
    this.paused = false;
  }

  /** Asks for the cards of all rows that wait, until paused. Throws Halted or AnotherList. */
  async go() {
    this.paused = false;
    while (this.waiting.length && !this.paused) {
      const [row] = this.waiting;
      await this.#ask(row);
      this.waiting.shift();
      this.onRow();
    }
  }

  async #ask({ number, values }) {
    if (isGarbled(values.name ?? "")) {
      this.refused.set(number, gettext("The name is garbled: it was saved in one encoding and opened in another. Type it again."));
      return;
    }
    const order = {
      profile: "standard",
      language: "en",
      name: "",
      ...values,
      issue_seed: await seedOfRow(this.seed, number),
      policy_version: this.policyVersion,
    };
    try {
      await asked("/cards", order, postUntilAnswered);
      this.made.set(number, order);
    } catch (failure) {
      if (!(failure instanceof Refused) || !OF_THE_ROW.includes(failure.problem.status)) throw failure;
      if (failure.problem.errors?.policy_version) throw new Halted(gettext("The policy changed while this page was open: load the page anew and go on with the resume file."));
      // Before any card of this list was made anew or found again, it is the list that is another.
      if (failure.problem.code === "seed_used" && !this.made.size) throw new AnotherList();
      this.refused.set(number, whyNot(failure.problem));
    }
  }
}

/** Answer to a request of the batch. Throws Refused of a row, else Halted. */
export async function asked(address, body, way = post) {
  try {
    return await way(address, body, () => {});
  } catch (failure) {
    if (failure instanceof SignedOut) throw new Halted(gettext("You were signed out. Nothing is lost: go on to sign in."));
    if (failure instanceof ConnectionLost) throw new Halted(gettext("The desk cannot be reached. Nothing is lost: go on when it can."));
    if (failure instanceof Unavailable || !OF_THE_ROW.includes(failure.problem?.status)) throw new Halted(failure.problem ? sentence(failure.problem.title) : String(failure));
    throw failure;
  }
}

function whyNot(problem) {
  if (problem.code === "seed_used") return gettext("This row was changed after its card was made: set it back, or put it into a list of its own.");
  const wrong = Object.entries(problem.errors ?? {}).map(([name, text]) => sentence(`${name} ${text}`));
  return wrong.join(" ") || sentence(problem.title);
}
