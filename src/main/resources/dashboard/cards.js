// The figures of one route, made once and then kept up to date.

import { empty, h, icon, setAttr, setHidden, setText, setVar } from './dom.js';
import { bar, count, gap, millis, NONE, percent, plural } from './format.js';
import { pace, store } from './store.js';
import { live, other, remaining, shed, state, verdict } from './words.js';

/** A state by word, shape and colour. */
export function badge() {
  const element = h('span', { class: 'badge' });
  let name = null;
  return {
    element,
    update(next) {
      if (next === name) return;
      name = next;
      const shown = state(next);
      element.replaceChildren(icon(shown.icon), shown.word);
      setAttr(element, 'data-tone', shown.tone);
    },
  };
}

/** Who answers users, and who gets the copies. */
export function models() {
  const first = h('dd', { class: 'model' }, ' ');
  const secondLabel = h('dt', {}, ' ');
  const second = h('dd', { class: 'model' }, ' ');
  const element = h('dl', { class: 'models' },
    h('div', {}, h('dt', {}, 'Answers users'), first), h('div', {}, secondLabel, second));
  return {
    element,
    update(route) {
      setText(first, route.champion.name);
      const beside = other(route);
      const mirrors = route.state === 'SHADOWING' || route.state === 'PROMOTED';
      setText(secondLabel, route.standby ? 'Standby' : mirrors ? 'On trial' : 'Challenger');
      setText(second, beside ? beside.name : 'none');
      second.classList.toggle('muted', !beside);
    },
  };
}

/** The agreement rate, large, with its bar and the mark of the rule. */
export function agreement() {
  const figure = h('p', { class: 'figure' }, NONE);
  const label = h('p', { class: 'label' }, ' ');
  const fill = h('span', { class: 'fill' });
  const mark = h('span', { class: 'mark' });
  const meter = h('div', { class: 'meter', role: 'img' }, fill, mark);
  const legend = h('p', { class: 'mark-label' }, ' ');
  return {
    element: h('div', { class: 'agreement' }, h('div', { class: 'figure-line' }, figure, label), meter, legend),
    update(route) {
      const { agree, rated, eligible } = live(route)?.evidence ?? { agree: 0, rated: 0, eligible: 0 };
      const needed = route.rule.minAgreement;
      setText(figure, percent(agree, rated));
      const coverage = eligible ? `, coverage ${percent(rated, eligible)}` : '';
      setText(label, `${count(agree)} of ${count(rated)} agree${route.watch ? ' since the promotion' : ''}${coverage}`);
      setVar(meter, '--value', rated ? (agree / rated).toFixed(4) : '0');
      setVar(meter, '--mark', String(needed));
      setVar(legend, '--mark', String(needed));
      setAttr(meter, 'data-tone', !rated ? 'idle' : agree >= rated * needed ? 'good' : 'bad');
      setAttr(meter, 'aria-label', `agreement ${percent(agree, rated)}, needed ${bar(needed)}`);
      setText(legend, bar(needed));
    },
  };
}

/** How far the decision is. */
export function progress() {
  const fill = h('span', { class: 'fill' });
  const meter = h('div', { class: 'meter thin', role: 'progressbar', 'aria-valuemin': '0', 'aria-label': 'comparisons towards the decision' }, fill);
  const done = h('span', {}, ' ');
  const left = h('span', { class: 'muted' }, ' ');
  return {
    element: h('div', { class: 'progress' }, h('p', { class: 'between' }, done, left), meter),
    update(route) {
      const rated = route.experiment?.evidence.rated ?? 0;
      const wanted = route.rule.minRequests;
      setText(done, `${count(Math.min(rated, wanted))} of ${plural(wanted, 'comparison', 'comparisons')}`);
      setText(left, route.decision ? decided(route) : remaining(route, pace(route.name)) || ' ');
      setVar(meter, '--value', Math.min(1, rated / wanted).toFixed(4));
      setAttr(meter, 'aria-valuemax', String(wanted));
      setAttr(meter, 'aria-valuenow', String(Math.min(rated, wanted)));
    },
  };
}

function decided(route) {
  return `decided by ${route.decision.by === 'auto' ? 'the rule' : `the ${route.decision.by}`}`;
}

const FACTS = [
  ['Confidence gap', (e) => gap(e.confidenceGap), 'mean difference of the two confidences'],
  ['High-confidence conflicts', (e) => count(e.highConfidenceConflicts), 'both models sure, and of different labels'],
  ['Coverage', (e) => percent(e.rated, e.eligible), 'rated of all eligible requests'],
  ['Challenger errors', (e) => count(e.challengerError), 'counted against the challenger'],
];

/** The figures beside the rate. */
export function facts() {
  const values = FACTS.map(() => h('dd', {}, NONE));
  const element = h('dl', { class: 'facts' },
    FACTS.map(([name, , title], i) => h('div', { title }, h('dt', {}, name), values[i])));
  return {
    element,
    update(route) {
      const evidence = live(route)?.evidence;
      FACTS.forEach(([, figure], i) => setText(values[i], evidence ? figure(evidence) : NONE));
    },
  };
}

/** What was not compared, and why. */
export function notCompared() {
  const element = h('p', { class: 'note' }, ' ');
  return {
    element,
    update(route) {
      const evidence = live(route)?.evidence;
      if (!evidence) return;
      const parts = Object.entries(evidence.shedByReason)
        .sort((a, b) => b[1] - a[1]).map(([why, number]) => `${count(number)} ${shed(why)}`);
      const rest = evidence.incomparable ? [`${count(evidence.incomparable)} incomparable`] : [];
      const all = [...parts, ...rest];
      setText(element, all.length ? `Not rated: ${all.join(', ')}.` : 'Every eligible request was rated.');
    },
  };
}

/** Errors and latency of both models side by side. */
export function latencies() {
  const rows = [0, 1].map(() => ({
    name: h('th', { scope: 'row' }, ' '),
    errors: h('td', {}, NONE),
    p50: h('td', {}, NONE),
    p99: h('td', {}, NONE),
  }));
  const lines = rows.map((row) => h('tr', {}, row.name, row.errors, row.p50, row.p99));
  const element = h('table', { class: 'compact' },
    h('caption', { class: 'hidden' }, 'Errors and latency of both models'),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Model'), h('th', { scope: 'col' }, 'Errors'), h('th', { scope: 'col' }, 'p50'), h('th', { scope: 'col' }, 'p99'))),
    h('tbody', {}, lines));
  const fill = (row, name, model) => {
    setText(row.name, name);
    setText(row.errors, model?.requests ? percent(model.errors, model.requests) : NONE);
    setText(row.p50, millis(model?.latencyMillis?.p50));
    setText(row.p99, millis(model?.latencyMillis?.p99));
  };
  return {
    element,
    update(route) {
      const seen = store.latencies.get(route.name);
      fill(rows[0], route.champion.name, seen?.champion);
      fill(rows[1], other(route)?.name ?? NONE, seen?.challenger);
      setHidden(lines[1], !other(route));
    },
  };
}

/** The sentence that answers whether the challenger is safe. */
export function sentence() {
  const element = h('p', { class: 'sentence' }, ' ');
  return {
    element,
    update(route) {
      const said = verdict(route);
      setText(element, said.text);
      setAttr(element, 'data-tone', said.tone);
    },
  };
}

/** How the champion agrees with itself, which is as far as any challenger can get. */
export function selfCheck() {
  const element = h('p', { class: 'note', hidden: true }, ' ');
  return {
    element,
    update(route) {
      const check = route.selfCheck;
      setHidden(element, !check || !check.checked);
      if (!check || !check.checked) return;
      const noise = check.noisePathsTotal ? `, with ${plural(check.noisePathsTotal, 'noisy path', 'noisy paths')} left out` : '';
      setText(element, `The champion agrees with itself in ${percent(check.agree, check.checked)} of ${count(check.checked)} second calls${noise}.`);
    },
  };
}

/** A route on the overview. */
export function card(name) {
  const shownState = badge();
  const parts = [models(), sentence(), agreement(), progress(), facts(), latencies(), notCompared(), selfCheck()];
  const trial = h('div', { class: 'trial' }, parts.slice(2).map((part) => part.element));
  const none = empty('Nothing is on trial', 'Name a challenger for this route in the config. The trial begins without a restart.');
  const link = h('a', { href: `#/routes/${encodeURIComponent(name)}` }, name);
  const element = h('article', { class: 'card', 'data-route': name },
    h('header', { class: 'card-head' }, h('h2', {}, link), shownState.element),
    parts[0].element, parts[1].element, trial, none);
  return {
    element,
    update(route) {
      shownState.update(route.state);
      setAttr(element, 'data-tone', state(route.state).tone);
      const idle = !route.experiment;
      setHidden(trial, idle);
      setHidden(parts[1].element, idle);
      setHidden(none, !idle);
      parts.forEach((part) => part.update(route));
    },
  };
}
