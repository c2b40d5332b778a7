// All that the page knows. Who changes something marks it; views are told once a frame, of all at once.

const PACE_WINDOW = 15_000;
const MAX_DECISIONS = 500;

const views = new Set();
let scheduled = false;

export const store = {
  /** Null until the first answer. @type {Map<string, object> | null} */
  routes: null,
  /** Newest first; null until the first answer. */
  decisions: null,
  /** By route. */
  latencies: new Map(),
  connection: 'connecting',
  /** When something was last heard, in milliseconds. */
  heardAt: 0,
  fault: null,
};

const paces = new Map();

/** Calls `update` in the next frame after anything has changed; gives what ends that. */
export function watch(update) {
  views.add(update);
  return () => views.delete(update);
}

export function changed() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    views.forEach((update) => update());
  });
}

function observe(route) {
  const rated = route.experiment?.evidence.rated ?? 0;
  const now = performance.now();
  let seen = paces.get(route.name);
  if (!seen || seen.experiment !== route.experiment?.id || rated < seen.samples[seen.samples.length - 1].rated) {
    seen = { experiment: route.experiment?.id, samples: [] };
    paces.set(route.name, seen);
  }
  seen.samples.push({ now, rated });
  while (seen.samples.length > 2 && seen.samples[0].now < now - PACE_WINDOW) seen.samples.shift();
}

/** Rated comparisons a second over the latest quarter of a minute; null while there is too little to say. */
export function pace(name) {
  const samples = paces.get(name)?.samples ?? [];
  if (samples.length < 2) return null;
  const first = samples[0];
  const last = samples[samples.length - 1];
  // Since the last change nothing came: that counts, or the estimate would stay when traffic stops.
  const seconds = (performance.now() - first.now) / 1000;
  return seconds < 1.5 || last.rated === first.rated ? null : (last.rated - first.rated) / seconds;
}

export function putRoute(route) {
  store.routes ??= new Map();
  store.routes.set(route.name, route);
  observe(route);
  changed();
}

export function replaceRoutes(list) {
  store.routes = new Map(list.map((route) => [route.name, route]));
  list.forEach(observe);
  [...paces.keys()].filter((name) => !store.routes.has(name)).forEach((name) => paces.delete(name));
  changed();
}

export function dropRoute(name) {
  store.routes?.delete(name);
  paces.delete(name);
  changed();
}

export function addDecisions(list) {
  const bySeq = new Map((store.decisions ?? []).map((decision) => [decision.seq, decision]));
  list.forEach((decision) => bySeq.set(decision.seq, decision));
  store.decisions = [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, MAX_DECISIONS);
  changed();
}

export function putLatencies(list) {
  store.latencies = new Map(list.map((latency) => [latency.route, latency]));
  changed();
}
