/** Reads the list of a batch in the page: every fault told by its row and never by its content. */

import { gettext } from "../../city/gettext.js";
import { CsvBroken, records } from "./csv.js";

const COLUMNS = ["name", "born", "profile", "language"];
/** Cards of one batch, as on the command line. */
const MOST_ROWS = 1000;
/** Bytes; a thousand rows of the longest names are a third of it. */
const MOST_BYTES = 2_000_000;

/** The list, or a resume file, cannot be used; the message says why and what to do. */
export class ListRefused extends Error {}

/** The rows `{ number, values }` of a CSV file, without empty ones; the header is row 1. Throws ListRefused. */
export async function readList(file) {
  if (file.size > MOST_BYTES) throw new ListRefused(gettext("The list is larger than 2 MB: cut it into several lists of at most {most} rows.", { most: MOST_ROWS }));
  const all = recordsOf(textOf(new Uint8Array(await file.arrayBuffer())));
  const header = headerOf(all);
  const rows = [];
  all.forEach((record, place) => {
    if (place === 0 || record.every((value) => !value.trim())) return;
    const number = place + 1;
    if (record.length !== header.length) {
      throw new ListRefused(gettext("Row {number} has {count} fields, the header {expected}: put values that hold the separator in quotation marks.", { number, count: record.length, expected: header.length }));
    }
    const filled = header.map((name, column) => [name, record[column].trim()]).filter(([, value]) => value);
    rows.push({ number, values: Object.fromEntries(filled) });
  });
  if (!rows.length) throw new ListRefused(gettext("The list names nobody: put one person in each row below the header."));
  if (rows.length > MOST_ROWS) throw new ListRefused(gettext("The list has {rows} rows, a batch at most {most}: cut it into several lists.", { rows: rows.length, most: MOST_ROWS }));
  return rows;
}

/** Numbers of rows that say the same, in groups: allowed, since two people may share a name, but worth a look. */
export function repeated(rows) {
  const same = new Map();
  for (const { number, values } of rows) {
    const said = JSON.stringify(COLUMNS.map((name) => values[name] ?? ""));
    same.set(said, [...(same.get(said) ?? []), number]);
  }
  return [...same.values()].filter((numbers) => numbers.length > 1);
}

/** Whether a name was written in one encoding and read in another, as in "JosÃ©". */
export function isGarbled(name) {
  const octets = Array.from(name, (letter) => CP1252.indexOf(letter));
  if (octets.includes(-1)) return false;
  try {
    return decoded(Uint8Array.from(octets)) !== name;
  } catch {
    return false;
  }
}

const CP1252 = new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 256 }, (_, octet) => octet));

function textOf(octets) {
  try {
    const text = decoded(octets);
    // UTF-16 without its mark is UTF-8 with a zero beside every letter.
    if (!text.includes("\0")) return text;
  } catch {
    // Said below, with the row.
  }
  throw new ListRefused(gettext("Row {number} is not in UTF-8: save the table as “CSV UTF-8”.", { number: firstUndecodable(octets) }));
}

const decoded = (octets) => new TextDecoder("utf-8", { fatal: true }).decode(octets);

/** The line that is no UTF-8; 1 where each alone is, as in UTF-16. */
function firstUndecodable(octets) {
  for (let line = 1, start = 0, end; start < octets.length; line += 1, start = end + 1) {
    end = octets.indexOf(10, start);
    if (end < 0) end = octets.length;
    try {
      decoded(octets.subarray(start, end));
    } catch {
      return line;
    }
  }
  return 1;
}

function recordsOf(text) {
  const [first] = text.split("\n", 1);
  const count = (separator) => first.split(separator).length;
  const separator = [",", ";", "\t"].reduce((best, one) => (count(one) > count(best) ? one : best));
  try {
    return records(text, separator);
  } catch (failure) {
    if (!(failure instanceof CsvBroken)) throw failure;
    throw new ListRefused(gettext("The list is no CSV: a quotation mark is open or out of place."));
  }
}

function headerOf([titles = []]) {
  const header = titles.map((title) => title.trim().toLowerCase());
  const columns = COLUMNS.join(", ");
  // Not repeated: a list without a header has a person there.
  header.forEach((name, place) => {
    if (!COLUMNS.includes(name)) throw new ListRefused(gettext("Column {place} has no known title in row 1: allowed are {columns}.", { place: place + 1, columns }));
    if (header.indexOf(name) < place) throw new ListRefused(gettext("There are two columns “{name}”: keep one.", { name }));
  });
  if (!header.includes("name")) throw new ListRefused(gettext("There is no column “name”: row 1 must hold the titles ({columns}).", { columns }));
  return header;
}
