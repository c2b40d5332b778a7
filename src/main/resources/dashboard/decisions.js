// The decision log: what was done, on what evidence, by whom and why.

import { empty, h, icon, setHidden, setText, table } from './dom.js';
import { count, gap, percent, time } from './format.js';
import { store } from './store.js';
import { decision, reason, state, who } from './words.js';

const COLUMNS = [
  { label: 'When', class: 'when' }, { label: 'Route', class: 'name' }, { label: 'Decision', class: 'what' },
  { label: 'Evidence', class: 'evidence' }, { label: 'By' , class: 'who' }, { label: 'Why', class: 'why' },
  { label: 'Table', class: 'number' },
];

function evidence(taken) {
  const e = taken.evidence;
  return h('div', {},
    h('b', {}, percent(e.agree, e.rated)), ` of ${count(e.rated)}`,
    h('div', { class: 'sub' }, `${count(e.agree)} agree, ${count(e.disagree)} disagree, ${count(e.challengerError)} errors`),
    h('div', { class: 'sub' }, `gap ${gap(e.confidenceGap)}, ${count(e.highConfidenceConflicts)} high-confidence, coverage ${percent(e.rated, e.eligible)}`));
}

function what(taken) {
  const shown = decision(taken.decision);
  const from = state(taken.from).word.toLowerCase();
  const to = state(taken.to).word.toLowerCase();
  return h('div', {},
    h('span', { class: 'badge', 'data-tone': shown.tone }, icon(shown.icon), shown.word),
    h('div', { class: 'sub' }, from === to ? to : `${from} to ${to}`),
    h('div', { class: 'sub' }, taken.challenger ? `${taken.champion} against ${taken.challenger}` : taken.champion));
}

/** The log as a table; `only` one route's, or all. */
export function decisionTable(only) {
  const columns = only ? COLUMNS.filter((c) => c.label !== 'Route') : COLUMNS;
  const log = table('Decisions, newest first', columns);
  const none = empty('No decision yet', 'Promotions, rollbacks and what operators do are written down here.');
  const wrap = h('div', { class: 'panel flush' }, log.element);
  let shown = null;
  let route = only;

  function row(taken) {
    const cells = [
      h('time', { datetime: taken.time }, time(taken.time)),
      h('a', { href: `#/routes/${encodeURIComponent(taken.route)}` }, taken.route),
      what(taken), evidence(taken), who(taken), reason(taken), String(taken.tableVersion),
    ];
    return log.row(only ? cells.filter((_, i) => i !== 1) : cells, { 'data-seq': taken.seq });
  }

  return {
    element: h('div', {}, none, wrap),
    filter(name) {
      route = name;
      shown = null;
    },
    update() {
      const list = (store.decisions ?? []).filter((taken) => !route || taken.route === route || taken.formerly === route);
      const key = list.length ? `${list[0].seq}:${list.length}` : '';
      if (key === shown) return;
      shown = key;
      setHidden(none, list.length > 0 || store.decisions === null);
      setHidden(wrap, list.length === 0);
      log.body.replaceChildren(...list.map(row));
    },
  };
}

export function decisionsView() {
  const log = decisionTable(null);
  const select = h('select', { id: 'decisions-route', onchange: () => { log.filter(select.value || null); log.update(); } },
    h('option', { value: '' }, 'All routes'));
  const line = h('p', { class: 'lead' }, 'What was done to a route, the evidence it rests on, who did it and why.');
  const element = h('div', { class: 'page' },
    h('div', { class: 'page-head' }, h('div', {}, h('h1', {}, 'Decisions'), line),
      h('label', { class: 'field inline', for: 'decisions-route' }, 'Route', select)),
    log.element);
  let names = '';

  function update() {
    const known = [...new Set([...(store.routes?.keys() ?? []), ...(store.decisions ?? []).map((d) => d.route)])];
    if (known.join('\n') !== names) {
      names = known.join('\n');
      const kept = select.value;
      select.replaceChildren(h('option', { value: '' }, 'All routes'), ...known.map((name) => h('option', { value: name }, name)));
      select.value = known.includes(kept) ? kept : '';
    }
    setText(line, 'What was done to a route, the evidence it rests on, who did it and why.');
    log.update();
  }
  return { element, title: 'Decisions', update };
}
