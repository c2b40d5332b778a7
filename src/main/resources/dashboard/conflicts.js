// The latest disagreements of a route, to look at one by one.

import { explain, get } from './api.js';
import { sideBySide } from './diff.js';
import { empty, h, icon, setHidden, setText } from './dom.js';
import { confidence, count, NONE, plural, time } from './format.js';

const SHOWN = 20;
/** With the answers beside them conflicts are large, so the list has fewer than there are. */
const LISTED = 200;
const KEPT = 1000;

const label = (value) => (value === null || value === undefined ? NONE : value);

function answer(name, value, sure) {
  return h('div', { class: 'answer' }, h('dt', {}, name), h('dd', {}, h('b', {}, label(value)), h('span', { class: 'muted' }, ` confidence ${confidence(sure)}`)));
}

function hasBodies(conflict) {
  return [conflict.championBody, conflict.challengerBody].some((body) => body !== undefined && body !== null);
}

/** Why an answer is not shown; null when both are. */
function without(conflict) {
  if (conflict.bodiesLeftOut) return h('p', { class: 'note' }, `Not kept: ${conflict.bodiesLeftOut}.`);
  if (hasBodies(conflict)) return null;
  return h('p', { class: 'note' }, 'The answers themselves are not kept on this route. ', h('code', {}, 'conflicts.keepBodies'), ' in its config keeps those of the conflicts from then on.');
}

function details(conflict) {
  const more = conflict.pathsTotal > conflict.paths.length ? h('li', { class: 'muted' }, `${count(conflict.pathsTotal - conflict.paths.length)} more`) : null;
  return h('div', { class: 'details' },
    conflict.reason ? h('p', {}, conflict.reason) : null,
    hasLabels(conflict) ? h('dl', { class: 'pair' }, answer('Champion', conflict.championLabel, conflict.championConfidence), answer('Challenger', conflict.challengerLabel, conflict.challengerConfidence)) : null,
    conflict.paths.length ? h('div', {}, h('h4', {}, 'Differing paths'), h('ul', { class: 'paths' }, conflict.paths.map((path) => h('li', {}, h('code', {}, path || '(the whole answer)'))), more)) : null,
    h('h4', {}, 'Both answers'),
    hasBodies(conflict) ? sideBySide(conflict) : null,
    without(conflict),
    h('p', { class: 'note' }, `${conflict.target}, experiment ${conflict.experiment}`));
}

const hasLabels = (conflict) => conflict.championLabel !== null || conflict.challengerLabel !== null;

/** What the two say, in a line: labels, or where they differ. */
function gist(conflict) {
  if (conflict.outcome === 'challenger_error') return h('b', {}, 'challenger error');
  if (!hasLabels(conflict)) {
    const more = conflict.pathsTotal > 1 ? h('span', { class: 'muted' }, ` and ${count(conflict.pathsTotal - 1)} more`) : null;
    return [h('code', {}, conflict.paths[0] || 'the whole answer'), more];
  }
  return [h('b', {}, label(conflict.championLabel)), h('span', { class: 'muted' }, ' against '), h('b', {}, label(conflict.challengerLabel))];
}

function sureness(conflict) {
  const both = [conflict.championConfidence, conflict.challengerConfidence];
  return both.every((value) => value === null) ? '' : both.map(confidence).join(' / ');
}

function row(conflict) {
  const made = h('details', { class: 'conflict', 'data-request': conflict.requestId },
    h('summary', {},
      h('time', { datetime: conflict.time }, time(conflict.time)),
      h('code', { class: 'request', title: conflict.requestId }, conflict.requestId),
      h('span', { class: 'labels' }, gist(conflict)),
      h('span', { class: 'sure' }, sureness(conflict)),
      h('span', { class: 'flag' }, conflict.highConfidence ? h('span', { class: 'badge', 'data-tone': 'bad' }, icon('warn'), 'High confidence') : null)));
  // Made when it is opened: a page of closed ones costs a line each.
  made.addEventListener('toggle', () => {
    if (made.open && made.childElementCount === 1) made.append(details(conflict));
  });
  return made;
}

export function conflictList(route) {
  const only = h('input', { type: 'checkbox', id: 'only-high', onchange: () => draw() });
  const fresh = h('button', { type: 'button', class: 'button small', hidden: true, onclick: () => load() }, ' ');
  const save = h('button', { type: 'button', class: 'button small', onclick: () => trying(download) }, icon('download'), 'Download as JSON Lines');
  const list = h('div', { class: 'conflicts' });
  const more = h('button', { type: 'button', class: 'button small', hidden: true, onclick: () => { limit += SHOWN; draw(); } }, ' ');
  const none = empty('No conflicts', 'Where the two models disagree, the request is listed here.');
  const nothing = none.querySelector('p');
  const fault = h('p', { class: 'fault', role: 'alert', hidden: true }, ' ');
  const element = h('div', {},
    h('div', { class: 'toolbar' }, h('label', { class: 'check', for: 'only-high' }, only, 'High confidence only'), fresh, save),
    fault, none, list, more);
  let all = null;
  let limit = SHOWN;
  let seenAt = -1;
  let drawn = new Map();

  const wanted = (list) => list.filter((conflict) => !only.checked || conflict.highConfidence);
  const ask = (number) => get(`conflicts?route=${encodeURIComponent(route)}&limit=${number}`);

  function draw() {
    const chosen = wanted(all ?? []);
    const kept = new Map();
    const rows = chosen.slice(0, limit).map((conflict) => {
      const key = `${conflict.requestId} ${conflict.time}`;
      const made = drawn.get(key) ?? row(conflict);
      kept.set(key, made);
      return made;
    });
    drawn = kept;
    list.replaceChildren(...rows);
    setHidden(none, chosen.length > 0);
    setText(nothing, only.checked && all?.length ? 'None of the latest has high confidence on both sides.' : 'Where the two models disagree, the request is listed here.');
    setHidden(more, chosen.length <= limit);
    setText(more, `Show more of ${count(chosen.length)}`);
    save.disabled = chosen.length === 0;
  }

  async function trying(what) {
    setHidden(fault, true);
    try {
      await what();
    } catch (refused) {
      setText(fault, explain(refused));
      setHidden(fault, false);
    }
  }

  async function load() {
    setHidden(fresh, true);
    await trying(async () => {
      all = await ask(LISTED);
      draw();
    });
  }

  async function download() {
    const lines = wanted(await ask(KEPT)).map((conflict) => `${JSON.stringify(conflict)}\n`).join('');
    const url = URL.createObjectURL(new Blob([lines], { type: 'application/x-ndjson' }));
    h('a', { href: url, download: `${route}-conflicts.jsonl` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  return {
    element,
    /** `number` of conflicts so far. What is read is not pushed away by what is new: that waits behind a button. */
    update(number) {
      if (seenAt < 0 || (all !== null && all.length === 0 && number > seenAt) || number < seenAt) {
        seenAt = number;
        load();
      } else if (number > seenAt && all !== null) {
        setText(fresh, `Show ${plural(number - seenAt, 'new one', 'new ones')}`);
        setHidden(fresh, false);
        fresh.onclick = () => { seenAt = number; };
      }
    },
  };
}
