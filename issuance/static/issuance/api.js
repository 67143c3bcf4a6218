/** Requests to the desk, and the ways they can fail: refused, unavailable, signed out, connection lost. */

import { gettext } from "../city/gettext.js";

/** The server read the request and did nothing of it; `problem` is its problem details (RFC 9457). */
export class Refused extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** The server could not finish; asked again with the same request it goes on where it stopped. */
export class Unavailable extends Refused {}

/** The session ended, and nobody signed in again; nothing was done. */
export class SignedOut extends Error {}

/** No answer: the server may or may not have done it. */
export class ConnectionLost extends Error {}

/** Asks for a new session and tells whether there is one; the page says how. */
let signInAgain = async () => false;

/** `ask` is called when the session ended; the request is sent again when it resolves to true. */
export function whenSignedOut(ask) {
  signInAgain = ask;
}

/**
 * POSTs `body` as JSON; the answer's JSON. When the session ended, the same body goes out again once there is a new one.
 * Throws Refused, Unavailable, SignedOut or ConnectionLost.
 */
export async function post(address, body) {
  for (;;) {
    try {
      return await postOnce(address, body);
    } catch (failure) {
      if (!(failure instanceof SignedOut) || !(await signInAgain())) throw failure;
    }
  }
}

/** As `post`, asking nobody to sign in. */
export async function postOnce(address, body) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
      credentials: "same-origin",
      redirect: "error",
      cache: "no-store",
    });
    if (answer.ok) return await answer.json();
  } catch {
    throw new ConnectionLost();
  }
  if (answer.status === 401) throw new SignedOut();
  const problem = await problemOf(answer);
  throw answer.status >= 500 ? new Unavailable(problem) : new Refused(problem);
}

/** As `post`, asking again after 1, 2 and 4 seconds when the connection is lost: for requests safe to repeat. */
export async function postUntilAnswered(address, body, onRetry, pauses = [1000, 2000, 4000]) {
  for (const pause of pauses) {
    try {
      return await post(address, body);
    } catch (failure) {
      if (!(failure instanceof ConnectionLost)) throw failure;
      onRetry();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return post(address, body);
}

async function problemOf(answer) {
  try {
    return await answer.json();
  } catch {
    return { title: gettext("The desk answered {status}", { status: answer.status }), status: answer.status, code: "unknown" };
  }
}

/** Read anew each time: signing in again changes it. */
function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

/** The desk page as the desk would give it now: a Document. Throws SignedOut or ConnectionLost. */
export async function freshPage() {
  let answer;
  try {
    answer = await fetch("/", { headers: { Accept: "text/html" }, credentials: "same-origin", cache: "no-store" });
    if (answer.redirected) throw new SignedOut();
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (failure) {
    throw failure instanceof SignedOut ? failure : new ConnectionLost();
  }
}
