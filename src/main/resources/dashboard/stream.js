// The event stream, read with fetch: EventSource can neither send a token nor tell why it was refused.

import { headers } from './api.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5_000;
/** The server says something every 15 s; who is silent for longer is gone. */
const SILENCE = 40_000;
/** A tab that nobody looks at gives its connection back: a browser has six for a host. */
const UNSEEN = 30_000;

/** When the page is looked at: now, or later. */
function seen() {
  return new Promise((resume) => {
    if (!document.hidden) resume();
    else document.addEventListener('visibilitychange', () => resume(seen()), { once: true });
  });
}

/** Splits a text of server-sent events that comes in parts; gives each whole event to `take`. */
export function parser(take) {
  let rest = '';
  let event = { type: 'message', data: [], id: null };
  const line = (text) => {
    if (text === '') {
      if (event.id !== null || event.data.length) take({ ...event, data: event.data.join('\n') });
      event = { type: 'message', data: [], id: null };
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') event.type = value;
    else if (name === 'data') event.data.push(value);
    else if (name === 'id') event.id = value;
  };
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach(line);
  };
}

/**
 * Listens for as long as the page lives, and comes back by itself.
 *
 * @param on {open, event, lost}: `event(type, value)` with the event's JSON; `lost(status)` with the
 *     status of an answer that was a no, or null
 * @returns a function that tries at once
 */
export function listen(on) {
  let lastId = null;
  let wait = FIRST_WAIT;
  let wake = () => {};

  async function once() {
    const stop = new AbortController();
    const abort = () => stop.abort();
    let watch = setTimeout(abort, SILENCE);
    let unseen = 0;
    const look = () => {
      clearTimeout(unseen);
      if (document.hidden) unseen = setTimeout(abort, UNSEEN);
    };
    document.addEventListener('visibilitychange', look);
    // A page that is left may be kept for the way back, and its connection with it.
    addEventListener('pagehide', abort);
    try {
      const more = lastId === null ? {} : { 'Last-Event-ID': lastId };
      const answer = await fetch('api/v1/events', {
        headers: headers({ Accept: 'text/event-stream', ...more }), cache: 'no-store', signal: stop.signal,
      });
      if (!answer.ok) return answer.status;
      const parse = parser((event) => {
        if (event.id !== null) lastId = event.id;
        if (event.data) on.event(event.type, JSON.parse(event.data));
      });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      wait = FIRST_WAIT;
      on.open();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return null;
        clearTimeout(watch);
        watch = setTimeout(abort, SILENCE);
        parse(value);
      }
    } catch {
      return null;
    } finally {
      clearTimeout(watch);
      clearTimeout(unseen);
      document.removeEventListener('visibilitychange', look);
      removeEventListener('pagehide', abort);
      abort();
    }
  }

  async function forever() {
    for (;;) {
      const status = await once();
      on.lost(status);
      await new Promise((resume) => {
        wake = resume;
        setTimeout(resume, wait);
      });
      wait = Math.min(LONGEST_WAIT, wait * 2);
      await seen();
    }
  }
  forever();
  return () => wake();
}
