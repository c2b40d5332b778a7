// Where the page begins: which view is shown, and where its data comes from.

import { explain, get, hasToken, setToken } from './api.js';
import { askToken } from './actions.js';
import { decisionsView } from './decisions.js';
import { setAttr, setHidden, setText } from './dom.js';
import { overviewView } from './overview.js';
import { addDecisions, changed, dropRoute, putLatencies, putRoute, replaceRoutes, store, watch } from './store.js';
import { listen } from './stream.js';
import { time } from './format.js';

const LATENCY_EVERY = 2_000;
const main = document.getElementById('content');
let leave = () => {};
let shown = null;

/** What the address asks for: #/, #/routes/NAME, #/decisions. */
function place() {
  const parts = location.hash.replace(/^#\/?/, '').split('/');
  if (parts[0] === 'routes' && parts[1]) return { view: 'route', route: decodeURIComponent(parts[1]) };
  return { view: parts[0] === 'decisions' ? 'decisions' : 'overview' };
}

async function show() {
  if (location.hash === '#content') {
    main.focus();
    return;
  }
  const here = place();
  const first = shown === null;
  shown = here;
  for (const link of document.querySelectorAll('nav a')) {
    const current = link.dataset.view === here.view;
    if (current) setAttr(link, 'aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  let view;
  if (here.view === 'route') {
    const { routeView } = await import('./route.js');
    if (shown !== here) return;
    view = routeView(here.route);
  } else {
    view = here.view === 'decisions' ? decisionsView() : overviewView();
  }
  leave();
  main.replaceChildren(view.element);
  document.title = `${view.title} · Shadow Sentinel`;
  const forget = watch(view.update);
  leave = () => {
    forget();
    view.leave?.();
  };
  view.update();
  if (!first) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

const CONNECTION = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' };

function showConnection() {
  const shown = document.getElementById('connection');
  setAttr(shown, 'data-state', store.connection);
  setText(document.getElementById('connection-text'), CONNECTION[store.connection]);
  const lost = store.connection === 'lost';
  document.body.classList.toggle('stale', lost && store.routes !== null);
  const notice = document.getElementById('notice');
  setHidden(notice, !lost && !store.fault);
  if (lost) {
    const known = store.heardAt ? ` What you see is of ${time(store.heardAt)}.` : '';
    setText(notice, `${store.fault ?? 'The connection is lost, trying again.'}${known}`);
  } else if (store.fault) {
    setText(notice, store.fault);
  }
}

async function load() {
  try {
    const [routes, decisions] = await Promise.all([get('routes'), get('decisions?limit=200')]);
    replaceRoutes(routes);
    addDecisions(decisions);
    store.fault = null;
    loadLatencies();
  } catch (fault) {
    store.fault = explain(fault);
  }
  changed();
}

async function loadLatencies() {
  if (document.hidden || store.connection !== 'live') return;
  try {
    putLatencies(await get('latency'));
  } catch {
    // The stream says so when the server is gone; figures stay as they are.
  }
}

const EVENTS = {
  route: putRoute,
  'route-removed': (gone) => dropRoute(gone.name),
  decision: (taken) => addDecisions([taken]),
};

let asking = false;

async function refused(status) {
  if (status !== 401 || asking) return;
  asking = true;
  if (hasToken()) setToken(null);
  setToken(await askToken());
  asking = false;
  retry();
}

watch(showConnection);
addEventListener('hashchange', show);
document.addEventListener('visibilitychange', loadLatencies);
setInterval(loadLatencies, LATENCY_EVERY);
show();
const retry = listen({
  open: () => {
    store.connection = 'live';
    load();
  },
  event: (type, value) => {
    store.heardAt = Date.now();
    EVENTS[type]?.(value);
  },
  lost: (status) => {
    store.connection = 'lost';
    store.fault = status === null ? null : status === 401 ? 'This instance wants a token to read.' : `The server answers ${status}, trying again.`;
    changed();
    refused(status);
  },
});
