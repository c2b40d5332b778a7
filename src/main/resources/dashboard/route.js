// One route: its trial, over time and in detail.

import { actionBar } from './actions.js';
import { get } from './api.js';
import { agreement, badge, facts, latencies, models, notCompared, progress, selfCheck, sentence } from './cards.js';
import { chart, sliding, withGaps } from './charts.js';
import { conflictList } from './conflicts.js';
import { decisionTable } from './decisions.js';
import { empty, h, setAttr, setHidden, setText } from './dom.js';
import { bar, millis, NONE, time } from './format.js';
import { confusionMap, differencesTable } from './insights.js';
import { store } from './store.js';
import { decision, live, state } from './words.js';

const RANGES = {
  second: { label: '10 minutes', every: 1_000, length: 600, window: 30, gap: 15 },
  minute: { label: '6 hours', every: 5_000, length: 6 * 3600, window: 300, gap: 180 },
};
const INSIGHTS_EVERY = 2_000;

function section(id, title, hint, ...content) {
  return h('section', { class: 'panel', 'aria-labelledby': id },
    h('div', { class: 'panel-head' }, h('h2', { id }, title), hint), ...content);
}

function rangeChoice(choose) {
  const option = (name) => h('label', {}, h('input', { type: 'radio', name: 'range', value: name, checked: name === 'second', onchange: () => choose(name) }),
    h('span', {}, RANGES[name].label));
  return h('fieldset', { class: 'segmented' }, h('legend', { class: 'hidden' }, 'Time shown'), Object.keys(RANGES).map(option));
}

/** Keeps the history of a route as far as it was told, and asks only for what came since. */
function historyOf(name) {
  const columnsOf = (told) => [told.times, told.rated, told.agree,
    told.champion.p50, told.champion.p99, told.challenger.p50, told.challenger.p99];
  let kept = null;
  return async (resolution) => {
    const base = kept?.resolution === resolution ? kept : null;
    const since = base?.times.at(-1) ?? 0;
    const more = await get(`routes/${encodeURIComponent(name)}/history?resolution=${resolution}&since=${since}`);
    // The last step was not over when it was told, so it is told again.
    const known = base ? base.times.filter((time) => !more.times.length || time < more.times[0]).length : 0;
    const columns = columnsOf(more).map((column, i) => [...(base ? base.columns[i].slice(0, known) : []), ...column].slice(-more.kept));
    kept = { resolution, columns, times: columns[0], changes: more.configChanges, step: more.stepSeconds };
    return kept;
  };
}

function marksOf(name, changes) {
  const decided = (store.decisions ?? []).filter((taken) => taken.route === name)
    .map((taken) => ({ at: Date.parse(taken.time) / 1000, label: decision(taken.decision).word }));
  const configured = changes.map((iso) => ({ at: Date.parse(iso) / 1000, label: 'Config' }));
  return [...decided, ...configured].sort((a, b) => a.at - b.at);
}

export function routeView(name) {
  const shownState = badge();
  const actions = actionBar();
  const parts = { models: models(), sentence: sentence(), agreement: agreement(), progress: progress(), facts: facts(), latencies: latencies(), not: notCompared(), self: selfCheck() };
  const confusion = confusionMap();
  const differences = differencesTable();
  const conflicts = conflictList(name);
  const log = decisionTable(name);
  let range = 'second';
  let marks = [];
  let needed = 0.8;
  let left = false;
  let wasRated = null;

  const barHint = h('span', { class: 'hint' }, ' ');
  const rate = chart({
    hint: barHint,
    label: 'Agreement over time',
    series: [{ label: 'agreement', colour: 'rate', fill: true, format: (v) => `${(Math.floor(v * 10) / 10).toFixed(1)} %` }],
    range: (self, min) => [min === null || min >= 50 ? 50 : 0, 100],
    axis: (value) => `${value} %`, marks: () => marks, bar: () => needed * 100,
  });
  const speed = chart({
    label: 'Latency over time',
    series: [
      { label: 'champion p50', colour: 'champion', format: millis }, { label: 'p99', colour: 'champion', dash: [4, 3], format: millis },
      { label: 'challenger p50', colour: 'challenger', format: millis }, { label: 'p99', colour: 'challenger', dash: [4, 3], format: millis },
    ],
    range: (self, min, max) => [0, max ? max * 1.15 : 1],
    axis: (value) => (value >= 1000 ? `${value / 1000} s` : `${value} ms`), marks: () => marks,
  });

  const history = historyOf(name);
  const markList = h('p', { class: 'note' }, ' ');
  const chartsNone = empty('Nothing to draw yet', 'The charts begin with the first comparison.');
  const rateChart = h('div', {}, rate.element, markList);
  const speedNone = empty('Nothing to draw yet', 'Latency is measured on mirrored requests.');
  const summary = h('div', { class: 'panel summary' },
    h('div', {}, parts.agreement.element, parts.progress.element),
    parts.facts.element,
    h('div', {}, parts.latencies.element, parts.not.element, parts.self.element));
  const trial = h('div', { class: 'stack' }, summary,
    section('h-agreement', 'Agreement over time', rangeChoice((next) => { range = next; draw(); }), chartsNone, rateChart),
    section('h-latency', 'Latency over time', h('span', { class: 'hint' }, 'mirrored requests, to the end of the answer'), speedNone, speed.element),
    h('div', { class: 'two' },
      section('h-confusion', 'Label against label', null, confusion.element),
      section('h-differences', 'Differences by path', null, differences.element)),
    section('h-conflicts', 'Latest conflicts', null, conflicts.element));
  const gone = empty('No such route', `The config names no route ${name}. It may have been removed.`);
  const loading = h('div', { class: 'card skeleton', 'aria-busy': 'true' }, h('i'), h('i'), h('i'), h('i'));
  const noTrial = empty('No challenger', 'Requests go to the champion, and nothing is copied. Name a challenger in the config: the trial begins without a restart.');
  const known = h('div', { class: 'stack' }, h('div', { class: 'intro' }, parts.models.element, parts.sentence.element), noTrial, trial,
    h('section', { 'aria-labelledby': 'h-log' }, h('h2', { id: 'h-log', class: 'section-title' }, 'Decisions'), log.element));
  const element = h('div', { class: 'page' },
    h('p', { class: 'crumbs' }, h('a', { href: '#/' }, 'Overview'), ' / ', h('span', { 'aria-current': 'page' }, name)),
    h('div', { class: 'page-head' }, h('div', { class: 'title' }, h('h1', {}, name), shownState.element), actions.element),
    loading, gone, known);

  async function draw() {
    if (left || document.hidden || !store.routes?.get(name)?.experiment) return;
    const shown = RANGES[range];
    let told;
    try {
      told = await history(range);
    } catch {
      return; // the page says that the connection is lost; the chart stays as it is
    }
    if (left || RANGES[range] !== shown) return;
    const [times, rated, agree, ...rest] = told.columns;
    marks = marksOf(name, told.changes);
    const now = Date.now() / 1000;
    const end = Math.max(times[times.length - 1] ?? 0, now);
    // The first minutes are not squeezed into a corner of a chart of six hours.
    const begin = Math.max(end - shown.length, Math.min(times[0] ?? end, end - shown.length / 10));
    for (const none of [chartsNone, speedNone]) setHidden(none, times.length > 0);
    for (const drawn of [rateChart, speed.element]) setHidden(drawn, times.length === 0);
    if (!times.length) return;
    const agreed = sliding(times, rated, agree, shown.window);
    const latest = agreed.length ? agreed[agreed.length - 1] : null;
    rate.update(withGaps([times, agreed], told.step, shown.gap), [begin, end], `Agreement over time, lately ${latest === null ? NONE : `${latest.toFixed(1)} %`}, needed ${bar(needed)}`);
    const lately = (column) => millis(column[column.length - 1]);
    speed.update(withGaps([times, ...rest], told.step, shown.gap), [begin, end], `Latency over time, lately p50 of the champion ${lately(rest[0])}, of the challenger ${lately(rest[2])}`);
    const visible = marks.filter((mark) => mark.at >= begin).slice(-6);
    setText(markList, visible.length ? `Marked: ${visible.map((mark) => `${mark.label} ${time(mark.at * 1000)}`).join(', ')}.` : 'No decision and no config change in the time shown.');
  }

  async function insights() {
    const route = store.routes?.get(name);
    if (left || document.hidden || !route?.experiment) return;
    const rated = `${live(route).id} ${live(route).evidence.rated}`;
    if (rated === wasRated) return;
    try {
      const path = `routes/${encodeURIComponent(name)}`;
      const [labels, paths] = await Promise.all([get(`${path}/confusion`), get(`${path}/differences`)]);
      if (left) return;
      wasRated = rated;
      confusion.update(labels);
      differences.update(paths);
    } catch {
      // asked again
    }
  }

  let first = true;
  function update() {
    const route = store.routes?.get(name);
    setHidden(loading, store.routes !== null);
    setHidden(gone, store.routes === null || route !== undefined);
    setHidden(known, !route);
    setHidden(actions.element, !route);
    setHidden(shownState.element, !route);
    if (!route) return;
    shownState.update(route.state);
    setAttr(summary, 'data-tone', state(route.state).tone);
    actions.update(route);
    needed = route.rule.minAgreement;
    setText(barHint, `over the last ${RANGES[range].window === 30 ? '30 seconds' : '5 minutes'}; dashed, the rule’s ${bar(needed)}`);
    setHidden(trial, !route.experiment);
    setHidden(noTrial, route.state !== 'NO_CHALLENGER');
    Object.values(parts).forEach((part) => part.update(route));
    log.update();
    if (route.experiment) {
      const { disagree, challengerError } = live(route).evidence;
      conflicts.update(disagree + challengerError);
      if (first) {
        first = false;
        draw();
        insights();
      }
    }
  }

  setHidden(rateChart, true);
  setHidden(speed.element, true);
  let drawTimer = 0;
  const drawAgain = () => {
    draw();
    drawTimer = setTimeout(drawAgain, RANGES[range].every);
  };
  drawTimer = setTimeout(drawAgain, 1_000);
  const insightTimer = setInterval(insights, INSIGHTS_EVERY);
  return {
    element,
    title: name,
    update,
    leave() {
      left = true;
      clearTimeout(drawTimer);
      clearInterval(insightTimer);
      rate.leave();
      speed.leave();
    },
  };
}
