// The claims of a card (CWT, RFC 8392; identity in claim 169; status in claim 65535), checked field by field.

import * as cbor from "./cbor.js";
import { cardNumber, LIST_SIZE, MAX_LISTS } from "./numbers.js";
import { CredentialError } from "./reasons.js";

const [ISS, AUD, EXP, IAT, CTI, IDENTITY, STATUS, LINK] = [1, 3, 4, 6, 7, 169, 65535, -65538];
const [NUMBER, NAME, BORN, FACE] = [1, 4, 8, 62];
const [IMAGE, WEBP] = [0, 4];
const RANDOM_BYTES = 16;
const MAX_PHOTO = 400;
const MAX_TIME = 2 ** 37;
const WEEK = 604_800;
const FIRST_MONDAY = 4 * 86_400;

/**
 * What one face of a card says: `exp`, `iat` in UTC seconds; `cti`, `link` of 16 bytes; `born` YYYYMMDD; `photo` WebP;
 * `sector`, `born`, `photo` null where absent.
 *
 * Throws CredentialError: malformed for what is no deterministic CBOR map, unsupported for a claims set that this
 * system never writes.
 */
export function decode(payload) {
  const claims = cbor.decode(payload);
  if (!(claims instanceof Map)) throw new CredentialError("malformed");
  const identity = claims.get(IDENTITY);
  const status = claims.get(STATUS);
  require(hasKeys(claims, [ISS, EXP, IAT, CTI, IDENTITY, STATUS, LINK], [AUD]));
  require(hasKeys(identity, [NUMBER, NAME], [BORN, FACE]));
  require(hasKeys(status, ["status_list"], []) && hasKeys(status.get("status_list"), ["idx", "uri"], []));
  const issuer = text(claims.get(ISS), 120);
  const exp = claims.get(EXP);
  const iat = claims.get(IAT);
  const index = status.get("status_list").get("idx");
  require(isTime(exp) && isMonthStart(exp) && isTime(iat) && (iat - FIRST_MONDAY) % WEEK === 0);
  require(typeof index === "number" && index >= 0 && index < LIST_SIZE);
  const statusUri = text(status.get("status_list").get("uri"), 140);
  const listNumber = listNumberOf(statusUri, issuer);
  const number = text(identity.get(NUMBER), 16);
  require(number === cardNumber(listNumber, index));
  return {
    issuer,
    sector: claims.has(AUD) ? text(claims.get(AUD), 32) : null,
    exp,
    iat,
    cti: octets(claims.get(CTI), RANDOM_BYTES, RANDOM_BYTES),
    link: octets(claims.get(LINK), RANDOM_BYTES, RANDOM_BYTES),
    number,
    name: text(identity.get(NAME), 80),
    born: identity.has(BORN) ? birthDate(identity.get(BORN)) : null,
    photo: identity.has(FACE) ? photo(identity.get(FACE)) : null,
    listNumber,
    index,
    statusUri,
  };
}

function require(fits) {
  if (!fits) throw new CredentialError("unsupported");
}

function hasKeys(map, required, optional) {
  if (!(map instanceof Map) || !required.every((key) => map.has(key))) return false;
  return map.size === required.length + optional.filter((key) => map.has(key)).length;
}

/** A text of 1 to `most` characters (code points). */
function text(value, most) {
  require(typeof value === "string" && value !== "" && [...value].length <= most);
  return value;
}

function octets(value, least, most) {
  require(value instanceof Uint8Array && value.length >= least && value.length <= most);
  return value;
}

const isTime = (value) => typeof value === "number" && value > 0 && value < MAX_TIME;

function isMonthStart(moment) {
  return moment % 86_400 === 0 && new Date(moment * 1000).getUTCDate() === 1;
}

function listNumberOf(uri, issuer) {
  const digits = uri.startsWith(`${issuer}/s/`) ? uri.slice(issuer.length + 3) : "";
  require(/^(?:0|[1-9][0-9]{0,3})$/.test(digits) && Number(digits) < MAX_LISTS);
  return Number(digits);
}

function birthDate(value) {
  const [, year, month, day] = (typeof value === "string" && /^([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(value)) || [];
  require(year !== undefined && year !== "0000");
  // `Date.UTC` takes years below 100 for the 1900s.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  require(date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day));
  return value;
}

function photo(value) {
  require(Array.isArray(value) && value.length === 1 && hasKeys(value[0], [0, 1, 2], []));
  require(value[0].get(1) === IMAGE && value[0].get(2) === WEBP);
  return octets(value[0].get(0), 1, MAX_PHOTO);
}
