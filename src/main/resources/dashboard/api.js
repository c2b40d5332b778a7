// Calls of the admin API. The token is kept in this module's memory, and nowhere else.

let token = null;

/** An answer that says no, with the text of its problem document. */
export class Refused extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
    this.title = title;
  }
}

export const hasToken = () => token !== null;
export const setToken = (value) => { token = value || null; };

export function headers(more = {}) {
  return token === null ? more : { ...more, Authorization: `Bearer ${token}` };
}

async function problem(answer) {
  try {
    const body = await answer.json();
    return new Refused(answer.status, body.title ?? answer.statusText, body.detail ?? '');
  } catch {
    return new Refused(answer.status, `${answer.status} ${answer.statusText}`, '');
  }
}

export async function get(path) {
  const answer = await fetch(`api/v1/${path}`, { headers: headers() });
  if (!answer.ok) throw await problem(answer);
  return answer.json();
}

/** Carries out an action; gives the route as it then is. */
export async function act(route, action, reason) {
  const answer = await fetch(`api/v1/routes/${encodeURIComponent(route)}/${action}`, {
    method: 'POST',
    headers: headers({ 'Content-Type': 'application/json' }),
    body: JSON.stringify({ reason }),
  });
  if (!answer.ok) throw await problem(answer);
  return answer.json();
}

/** What went wrong, for people: nobody answers, or what the answer says. */
export function explain(fault) {
  return fault instanceof Refused ? fault.message : 'The server cannot be reached.';
}
