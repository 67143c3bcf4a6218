/** Birth dates as clerks type them. */

const ORDERS = [
  /^(?<day>\d{1,2})[-./ ]+(?<month>\d{1,2})[-./ ]+(?<year>\d{4})$/,
  /^(?<day>\d{2})(?<month>\d{2})(?<year>\d{4})$/,
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/,
];

/** "YYYY-MM-DD" of a typed date, null for none typed, undefined for one that does not exist or lies ahead. */
export function parseBorn(typed, today = new Date()) {
  const text = typed.trim();
  if (!text) return null;
  const found = ORDERS.map((order) => text.match(order)).find(Boolean);
  if (!found) return undefined;
  const { day, month, year } = found.groups;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!exists || Number(year) < 1880 || date > today) return undefined;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** Full years from `born`, "YYYY-MM-DD", to `today`. */
export function ageOn(born, today = new Date()) {
  const [year, month, day] = born.split("-").map(Number);
  const before = today.getMonth() + 1 < month || (today.getMonth() + 1 === month && today.getDate() < day);
  return today.getFullYear() - year - (before ? 1 : 0);
}
