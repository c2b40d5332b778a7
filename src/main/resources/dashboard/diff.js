// Two answers side by side, place by place.

import { h } from './dom.js';

const MAX_LINES = 400;
const ABSENT = Symbol('absent');

/** A number as it was sent: two that differ in their last digits only are one to the page's own numbers. */
class Digits {
  constructor(source) {
    this.source = source;
  }
}

// Browsers that do not give the source show the numbers as they read them.
const digits = (key, value, context) => (typeof value === 'number' && context?.source ? new Digits(context.source) : value);

function parsed(body) {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body, digits);
  } catch {
    return body;
  }
}

const kind = (value) => (value === ABSENT ? 'absent' : value === null || typeof value !== 'object' || value instanceof Digits ? 'leaf' : Array.isArray(value) ? 'array' : 'object');
const step = (key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1');
const text = (value) => (value === ABSENT ? '' : value instanceof Digits ? value.source : JSON.stringify(value));

function children(value, key) {
  return value !== ABSENT && typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? value[key] : ABSENT;
}

function keys(left, right) {
  const of = (value) => (kind(value) === 'array' ? value.map((_, i) => i) : kind(value) === 'object' ? Object.keys(value) : []);
  return [...new Set([...of(left), ...of(right)])];
}

/** Lines of both sides: {depth, left, right, path, same}. */
export function align(first, second) {
  const lines = [];
  const walk = (left, right, path, depth, name) => {
    if (lines.length > MAX_LINES) return;
    const label = name === null ? '' : `${JSON.stringify(name)}: `;
    const kinds = [kind(left), kind(right)];
    const nests = (k) => k === 'object' || k === 'array';
    const both = kinds[0] === kinds[1] || kinds.includes('absent');
    if (both && kinds.some(nests)) {
      const shape = kinds.find(nests);
      const open = (value) => (value === ABSENT ? '' : label + (shape === 'array' ? '[' : '{'));
      const close = (value) => (value === ABSENT ? '' : shape === 'array' ? ']' : '}');
      const same = !kinds.includes('absent');
      lines.push({ depth, left: open(left), right: open(right), path, same });
      keys(left, right).forEach((key) => walk(children(left, key), children(right, key), `${path}/${step(key)}`, depth + 1, shape === 'array' ? null : key));
      lines.push({ depth, left: close(left), right: close(right), path: `${path}/`, same });
      return;
    }
    const shown = (value) => (value === ABSENT ? '' : label + text(value));
    lines.push({ depth, left: shown(left), right: shown(right), path, same: text(left) === text(right) });
  };
  walk(first, second, '', 0, null);
  return lines;
}

/** True when a path is one that counted, or lies below it. */
function counted(path, paths) {
  return paths.some((known) => path === known || path.startsWith(`${known}/`));
}

/** The two answers of a conflict, with what differs marked. */
export function sideBySide(conflict) {
  const all = align(parsed(conflict.championBody), parsed(conflict.challengerBody));
  const lines = all.slice(0, MAX_LINES);
  const cell = (words, line, differs) => h('td', {}, h('span', { class: `depth-${Math.min(line.depth, 8)}` }, differs ? h('mark', {}, words) : words));
  const body = lines.map((line) => {
    const differs = !line.same && (counted(line.path, conflict.paths) || conflict.paths.length === 0);
    const sign = line.same ? '' : differs ? '≠' : '~';
    return h('tr', { class: differs ? 'differs' : line.same ? null : 'ignored', 'data-path': line.path },
      cell(line.left, line, differs), h('td', { class: 'sign', title: sign === '~' ? 'differs, and is not counted' : null }, sign), cell(line.right, line, differs));
  });
  return h('div', {},
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Both answers side by side' },
      h('table', { class: 'diff' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Champion'), h('th', { scope: 'col', class: 'sign' }, h('span', { class: 'hidden' }, 'differs')), h('th', { scope: 'col' }, 'Challenger'))),
        h('tbody', {}, body))),
    all.length > MAX_LINES ? h('p', { class: 'note' }, `Only the first ${MAX_LINES} lines are shown.`) : null);
}
