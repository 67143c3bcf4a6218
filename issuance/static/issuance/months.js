/** Months in the page's language. */

/** "2029-11" as "November 2029". */
export function monthInWords(yearAndMonth) {
  const [year, month] = yearAndMonth.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1, 1));
  return first.toLocaleDateString(document.documentElement.lang, { month: "long", year: "numeric", timeZone: "UTC" });
}
