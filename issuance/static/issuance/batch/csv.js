/** Splits CSV (RFC 4180, any line ends) into records of texts, strictly. */

/** A quotation mark is open or out of place. */
export class CsvBroken extends Error {}

const ONE = {};

/** The records of `text`, each an array of its values; an empty line is a record without values. Throws CsvBroken. */
export function records(text, separator) {
  // A value in quotation marks or without, then what ends it; sticky, so that nothing is passed over.
  const value = (ONE[separator] ??= new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n][^${separator}\\r\\n]*|))(${separator}|\\r\\n|\\n|\\r|$)`, "y"));
  const all = [];
  let record = [];
  value.lastIndex = 0;
  while (value.lastIndex < text.length || record.length) {
    const found = value.exec(text);
    if (!found) throw new CsvBroken();
    const [, quoted, bare, end] = found;
    record.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === separator) continue;
    all.push(record.length === 1 && quoted === undefined && !bare ? [] : record);
    record = [];
  }
  return all;
}
