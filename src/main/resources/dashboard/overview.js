// All routes at a glance.

import { card } from './cards.js';
import { empty, h, setHidden, setText } from './dom.js';
import { plural } from './format.js';
import { store } from './store.js';
import { state, STATES } from './words.js';

function skeleton() {
  return h('div', { class: 'card skeleton' }, h('i'), h('i'), h('i'), h('i'));
}

function summary(routes) {
  const counts = Object.keys(STATES)
    .map((name) => [name, routes.filter((route) => route.state === name).length])
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${state(name).word.toLowerCase()}`);
  return `${plural(routes.length, 'route', 'routes')}: ${counts.join(', ')}`;
}

export function overviewView() {
  const line = h('p', { class: 'lead' }, ' ');
  const loading = h('div', { class: 'cards', 'aria-busy': 'true', 'aria-label': 'Loading the routes' }, skeleton(), skeleton());
  const grid = h('div', { class: 'cards' });
  const none = empty('No routes', 'The config names none. Add one under routes, and it appears here by itself.');
  const cards = new Map();
  const element = h('div', { class: 'page' },
    h('div', { class: 'page-head' }, h('h1', {}, 'Overview'), line), loading, grid, none);

  function update() {
    setHidden(loading, store.routes !== null);
    setHidden(none, store.routes === null || store.routes.size > 0);
    if (store.routes === null) return;
    const routes = [...store.routes.values()];
    setText(line, routes.length ? summary(routes) : ' ');
    for (const [name, made] of cards) {
      if (!store.routes.has(name)) {
        made.element.remove();
        cards.delete(name);
      }
    }
    routes.forEach((route, i) => {
      let made = cards.get(route.name);
      if (!made) {
        made = card(route.name);
        cards.set(route.name, made);
      }
      if (grid.children[i] !== made.element) grid.insertBefore(made.element, grid.children[i] ?? null);
      made.update(route);
    });
  }
  return { element, title: 'Overview', update };
}
