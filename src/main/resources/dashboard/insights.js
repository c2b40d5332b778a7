// What the two models disagree about: label against label, and path by path.

import { empty, h, setHidden, setText, setVar, table } from './dom.js';
import { count, percent, plural, time } from './format.js';

const FOLDED = 12;

/** Keeps the first labels, and adds the rest up; the last line and column are all others. */
function fold(labels, counts, limit) {
  if (labels.length <= limit) return { labels, counts };
  const squash = (line) => [...line.slice(0, limit), line.slice(limit).reduce((a, b) => a + b, 0)];
  const lines = counts.map(squash);
  const rest = lines.slice(limit).reduce((a, b) => a.map((n, i) => n + b[i]));
  return { labels: labels.slice(0, limit), counts: [...lines.slice(0, limit), rest] };
}

/** Puts labels into the order people expect: 2 before 10, a before b. */
function inOrder({ labels, counts }) {
  const order = labels.map((_, i) => i)
    .sort((a, b) => labels[a].localeCompare(labels[b], 'en', { numeric: true }));
  const all = [...order, labels.length];
  return { labels: order.map((i) => labels[i]), counts: all.map((i) => all.map((j) => counts[i][j])) };
}

/** The confusion matrix as a heat map. */
export function confusionMap() {
  const note = h('p', { class: 'note' }, ' ');
  const grid = h('table', { class: 'heat' });
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Confusion matrix' }, grid);
  const more = h('button', { type: 'button', class: 'button small', onclick: () => { all = !all; draw(); } }, ' ');
  const none = empty('No labels yet', 'When both answers carry a label, each pair of labels is counted here.');
  const element = h('div', {}, none, scroll, note, more);
  let all = false;
  let seen = null;

  function cell(number, same, most, first, second) {
    const made = h('td', { class: same ? 'same' : number ? 'differs' : 'zero', title: `champion ${first}, challenger ${second}: ${count(number)}` }, number ? count(number) : '·');
    setVar(made, '--heat', number && most ? (0.15 + 0.85 * Math.sqrt(number / most)).toFixed(3) : '0');
    return made;
  }

  function draw() {
    const { labels, counts } = inOrder(fold(seen.labels, seen.counts, all ? Infinity : FOLDED));
    const others = counts.some((line, i) => line[labels.length] > 0 || (i === labels.length && line.some((n) => n > 0)));
    const names = others ? [...labels, 'others'] : labels;
    const most = { same: 0, differs: 0 };
    names.forEach((_, i) => names.forEach((__, j) => {
      const kind = i === j ? 'same' : 'differs';
      most[kind] = Math.max(most[kind], counts[i][j]);
    }));
    grid.replaceChildren(
      h('caption', { class: 'hidden' }, 'Rows are the champion’s labels, columns the challenger’s'),
      h('thead', {},
        h('tr', {}, h('td', { class: 'corner' }), h('th', { class: 'axis', colspan: names.length, scope: 'colgroup' }, 'challenger says')),
        h('tr', {}, h('th', { class: 'axis left', scope: 'col' }, 'champion says'), names.map((name) => h('th', { scope: 'col', title: name }, h('span', {}, name))))),
      h('tbody', {}, names.map((name, i) => h('tr', {}, h('th', { scope: 'row', title: name }, h('span', {}, name)),
        names.map((second, j) => cell(counts[i][j], i === j && name !== 'others', i === j ? most.same : most.differs, name, second))))));
    setHidden(more, seen.labels.length <= FOLDED);
    setText(more, all ? `Show the ${FOLDED} most frequent` : `Show all ${seen.labels.length} labels`);
  }

  return {
    element,
    update(report) {
      const key = JSON.stringify([report.labels, report.counts]);
      const nothing = report.labels.length === 0;
      setHidden(none, !nothing);
      setHidden(scroll, nothing);
      setHidden(note, nothing);
      if (nothing) {
        setHidden(more, true);
        return;
      }
      const beyond = report.rowsBeyond ? ` ${plural(report.rowsBeyond, 'row', 'rows')} beyond the first 64 of an answer left out.` : '';
      setText(note, `${percent(report.rowsAgree, report.rows)} of ${plural(report.rows, 'row', 'rows')} on the diagonal.${beyond}`);
      if (seen && seen.key === key) return;
      seen = { key, labels: report.labels, counts: report.counts };
      draw();
    },
  };
}

const MAX_SHOWN = 10;

/** Where the answers differ, the most frequent path first. */
export function differencesTable() {
  const shown = table('Differences by path', [
    { label: 'Path', class: 'path' }, { label: 'Differs in', class: 'number' }, { label: 'Share', class: 'number share' }, { label: 'Last seen', class: 'number' },
  ]);
  const note = h('p', { class: 'note' }, ' ');
  const none = empty('No differences', 'Both models say the same in every comparison so far.');
  const element = h('div', {}, none, shown.element, note);
  let key = null;

  function row(path, compared) {
    const share = h('span', { class: 'share-bar' });
    setVar(share, '--value', path.rate.toFixed(4));
    return shown.row([
      h('code', {}, path.path || '(the whole answer)'), plural(path.count, 'answer', 'answers'),
      h('span', { class: 'share-cell' }, share, percent(path.count, compared)),
      h('time', { datetime: path.lastSeen }, time(path.lastSeen)),
    ]);
  }

  return {
    element,
    update(report) {
      const next = JSON.stringify([report.compared, report.paths.map((p) => [p.path, p.count]), report.noise]);
      if (next === key) return;
      key = next;
      setHidden(none, report.paths.length > 0);
      setHidden(shown.element, report.paths.length === 0);
      shown.body.replaceChildren(...report.paths.slice(0, MAX_SHOWN).map((path) => row(path, report.compared)));
      const parts = [];
      if (report.paths.length > MAX_SHOWN) parts.push(`${plural(report.paths.length - MAX_SHOWN, 'more path', 'more paths')} in the API.`);
      if (report.noise.length) parts.push(`Left out as noise: ${report.noise.slice(0, 5).join(', ')}${report.noise.length > 5 ? ' …' : ''}.`);
      setText(note, parts.join(' ') || ' ');
      setHidden(note, parts.length === 0);
    },
  };
}
