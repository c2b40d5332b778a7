'use strict';

// Everything from the server is put in with textContent: a route's name or an operator's reason is text, never markup.

const MAX_DECISIONS = 20;
const NONE = '–';
const cards = new Map();
const decisions = new Map();

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Cut, not rounded: 79.96 % must not read as 80.0 %.
function percent(part, whole) {
  if (!whole) return NONE;
  const tenths = Math.floor((part * 1000) / whole);
  return `${Math.floor(tenths / 10)}.${tenths % 10} %`;
}

function words(state) {
  return state.toLowerCase().replaceAll('_', ' ');
}

function models(route) {
  if (route.standby) return `${route.champion.name} answers, ${route.standby.name} is standby`;
  if (route.challenger) {
    const now = route.state === "SHADOWING" ? "is on trial" : "is not asked";
    return `${route.champion.name} answers, ${route.challenger.name} ${now}`;
  }
  return `${route.champion.name} answers`;
}

function waiting(route, rated) {
  const rule = route.rule;
  if (route.state !== 'SHADOWING') return route.decision ? route.decision.reason : words(route.state);
  if (rated < rule.minRequests) return `${rated} of ${rule.minRequests} comparisons`;
  return rule.auto ? 'deciding' : 'waiting for an operator';
}

// How far the champion agrees with itself is as far as any challenger can get.
function selfAgreement(check) {
  if (!check) return [];
  const noise = check.noisePathsTotal ? `, without ${check.noisePathsTotal} noisy paths` : '';
  return [['champion with itself', `${percent(check.agree, check.checked)} of ${check.checked}${noise}`]];
}

function facts(evidence, check) {
  return [
    ['agreement', percent(evidence.agree, evidence.rated)],
    ...selfAgreement(check),
    ['coverage', percent(evidence.rated, evidence.eligible)],
    ['agree / disagree / challenger error', `${evidence.agree} / ${evidence.disagree} / ${evidence.challengerError}`],
    ['incomparable / shed / in flight', `${evidence.incomparable} / ${evidence.shed} / ${evidence.inFlight}`],
    ['confidence gap', evidence.confidenceGap === null ? NONE : evidence.confidenceGap.toFixed(4)],
    ['high-confidence conflicts', String(evidence.highConfidenceConflicts)],
  ];
}

function card(route) {
  const made = element('article', 'route');
  const title = element('h3');
  title.append(element('span', '', route.name), element('span', `state state-${route.state}`, words(route.state)));
  made.append(title, element('p', 'models', models(route)));
  if (route.experiment) {
    const evidence = route.experiment.evidence;
    const bar = element('progress');
    bar.max = route.rule.minRequests;
    bar.value = Math.min(evidence.rated, route.rule.minRequests);
    bar.setAttribute('aria-label', 'comparisons towards the decision');
    const list = element('dl');
    const shown = [...facts(evidence, route.selfCheck), ['format', route.format ?? NONE]];
    for (const [name, value] of shown) list.append(element('dt', '', name), element('dd', '', value));
    made.append(bar, element('p', 'waiting', waiting(route, evidence.rated)), list);
  }
  return made;
}

function showRoute(route) {
  const made = card(route);
  const before = cards.get(route.name);
  if (before) before.replaceWith(made);
  else document.getElementById('routes').append(made);
  cards.set(route.name, made);
  document.getElementById('no-routes').hidden = true;
}

function dropRoute(name) {
  const gone = cards.get(name);
  if (gone) gone.remove();
  cards.delete(name);
  document.getElementById('no-routes').hidden = cards.size > 0;
}

function decisionRow(decision) {
  const row = element('tr');
  const evidence = decision.evidence;
  const cells = [
    new Date(decision.time).toLocaleString(),
    decision.route,
    decision.decision,
    decision.origin ? `${decision.by} (${decision.origin})` : decision.by,
    `${words(decision.from)} → ${words(decision.to)}`,
    `${percent(evidence.agree, evidence.rated)} of ${evidence.rated}`,
    decision.reason,
  ];
  for (const cell of cells) row.append(element('td', '', cell));
  return row;
}

function showDecisions(added) {
  for (const decision of added) decisions.set(decision.seq, decision);
  const newest = [...decisions.values()].sort((a, b) => b.seq - a.seq).slice(0, MAX_DECISIONS);
  decisions.clear();
  for (const decision of newest) decisions.set(decision.seq, decision);
  document.getElementById('no-decisions').hidden = newest.length > 0;
  const table = document.getElementById('decisions');
  table.hidden = newest.length === 0;
  table.tBodies[0].replaceChildren(...newest.map(decisionRow));
}

function connection(text, lost) {
  const shown = document.getElementById('connection');
  shown.textContent = text;
  shown.classList.toggle('lost', lost);
}

async function loadDecisions() {
  const answer = await fetch(`api/v1/decisions?limit=${MAX_DECISIONS}`);
  if (answer.ok) showDecisions(await answer.json());
}

function listen() {
  const events = new EventSource('api/v1/events');
  events.addEventListener('open', () => {
    connection('live', false);
    // All routes follow; one that went while nobody listened must not stay.
    [...cards.keys()].forEach(dropRoute);
    loadDecisions().catch(() => connection('live, decision log not loaded', true));
  });
  events.addEventListener('route', (event) => showRoute(JSON.parse(event.data)));
  events.addEventListener('route-removed', (event) => dropRoute(JSON.parse(event.data).name));
  events.addEventListener('decision', (event) => showDecisions([JSON.parse(event.data)]));
  events.addEventListener('error', () => {
    connection('connection lost, trying again', true);
    // After an answer other than a stream, such as 503 at the start, the browser gives up by itself.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}

listen();
