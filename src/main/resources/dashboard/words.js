// What a state, a figure or an action means, in words.

import { bar, duration, joined, percent, plural, time } from './format.js';

export const STATES = {
  SHADOWING: { word: 'On trial', icon: 'trial', tone: 'live' },
  PROMOTED: { word: 'Promoted', icon: 'promoted', tone: 'good' },
  ROLLED_BACK: { word: 'Rolled back', icon: 'rolledback', tone: 'bad' },
  PAUSED: { word: 'Paused', icon: 'paused', tone: 'wait' },
  NO_CHALLENGER: { word: 'No challenger', icon: 'none', tone: 'idle' },
};

export const ACTIONS = {
  promote: { word: 'Promote', icon: 'promoted', decision: 'PROMOTE', tone: 'good' },
  rollback: { word: 'Roll back', icon: 'rolledback', decision: 'ROLLBACK', tone: 'bad' },
  pause: { word: 'Pause', icon: 'paused', decision: 'PAUSE', tone: 'wait' },
  resume: { word: 'Resume', icon: 'play', decision: 'RESUME', tone: 'live' },
  restart: { word: 'Restart', icon: 'restart', decision: 'RESTART', tone: 'live' },
};

export const DECISIONS = Object.fromEntries(
  Object.values(ACTIONS).map((action) => [action.decision, action]));
DECISIONS.RENAME = { word: 'Renamed', icon: 'none', tone: 'idle' };

const SHED = {
  in_flight: 'too many mirrors in flight',
  backlog: 'too many pairs waiting',
  breaker_open: 'challenger’s breaker open',
  body_too_large: 'body too large',
  cancelled: 'client went away',
};

export const state = (name) => STATES[name] ?? { word: name, icon: 'none', tone: 'idle' };
export const decision = (name) => DECISIONS[name] ?? { word: name, icon: 'none', tone: 'idle' };
export const shed = (reason) => SHED[reason] ?? reason.replaceAll('_', ' ');

/** The model beside the one that answers users, or null. */
export const other = (route) => route.standby ?? route.challenger;

/** The trial whose figures are of now: the watch after a promotion, else the experiment. */
export const live = (route) => route.watch ?? route.experiment;

/** What can be done in a state, the likeliest first. */
export function actionsOf(route) {
  switch (route.state) {
    case 'SHADOWING': return ['promote', 'rollback', 'pause', 'restart'];
    case 'PROMOTED': return ['rollback', 'pause'];
    case 'PAUSED': return route.standby ? ['resume', 'rollback'] : ['resume', 'promote', 'rollback', 'restart'];
    case 'ROLLED_BACK': return ['restart'];
    default: return [];
  }
}

/** What an action does to users, before it is done. */
export function consequence(action, route) {
  const champion = route.champion.name;
  const trial = route.challenger?.name ?? route.standby?.name;
  switch (action) {
    case 'promote':
      return `From now on users get the answers of ${trial}. ${champion} becomes the standby: it gets the copies, and a rollback returns to it.`;
    case 'rollback':
      return route.standby
        ? `From now on users get the answers of ${route.standby.name} again. ${champion} gets no more requests, and alerts are sent.`
        : `Users go on getting the answers of ${champion}. ${trial} gets no more copies, and alerts are sent.`;
    case 'pause':
      return `Users go on getting the answers of ${champion}. Nothing is copied or compared until it is resumed; the evidence is kept.`;
    case 'resume':
      return `Users go on getting the answers of ${champion}. Requests are copied to ${trial} again, and counted on top of the evidence there is.`;
    default:
      return `Users go on getting the answers of ${champion}. A new experiment with ${trial} begins from nothing; the evidence of this one stays in the decision log.`;
  }
}

/** One sentence that answers: is my challenger safe? */
/** Said of what is in force and not on the disk; nothing as a rule. */
const unwritten = (route) => (route.durable === false ? ' Not written down: the state directory cannot be written, and a restart now would undo it.' : '');

export function verdict(route) {
  const trial = live(route);
  const rule = route.rule;
  switch (route.state) {
    case 'NO_CHALLENGER':
      return { tone: 'idle', text: 'Nothing is on trial.' };
    case 'PAUSED':
      return { tone: 'wait', text: 'Nothing is mirrored. The evidence is kept until it is resumed.' };
    case 'ROLLED_BACK':
      return { tone: 'bad', text: (route.decision ? reason(route.decision) : 'Nothing is mirrored.') + unwritten(route) };
    case 'PROMOTED':
      return { tone: 'good', text: route.decision ? `${route.champion.name} answers users since ${time(route.decision.time)}.` : `${route.champion.name} answers users.` };
    default:
  }
  const { agree, rated, eligible } = trial.evidence;
  if (!rated) return { tone: 'idle', text: eligible ? 'Nothing could be rated yet.' : 'Waiting for the first request.' };
  const good = agree >= rated * rule.minAgreement;
  if (rated >= rule.minRequests) {
    const what = good ? 'Enough agreement to promote' : 'Too little agreement to promote';
    return { tone: good ? 'good' : 'bad', text: rule.auto ? `${what}: deciding.` : `${what}: waiting for an operator.` };
  }
  return good
    ? { tone: 'good', text: `On course for promotion: over the bar of ${bar(rule.minAgreement)}.` }
    : { tone: 'bad', text: `On course for rollback: under the bar of ${bar(rule.minAgreement)}.` };
}

/** Why a decision was taken. */
export function reason(taken) {
  if (taken.reason) return capital(joined(taken.reason)) + (/[.!?]$/.test(taken.reason) ? '' : '.');
  return taken.by === 'operator' ? 'By an operator, without a reason.' : NO_REASON;
}

const NO_REASON = 'No reason was given.';
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export function who(taken) {
  if (taken.by === 'auto') return 'the rule';
  if (taken.by === 'config') return 'the config';
  return [taken.who ? `${taken.by} ${taken.who}` : taken.by, taken.origin].filter(Boolean).join(', ');
}

/** How far the decision is, and how long it takes at the pace of now. */
export function remaining(route, pace) {
  if (route.state !== 'SHADOWING') return '';
  const left = route.rule.minRequests - route.experiment.evidence.rated;
  if (left <= 0) return route.rule.auto ? 'deciding' : 'enough to decide';
  if (!pace) return `${plural(left, 'comparison', 'comparisons')} to go`;
  return `about ${duration(left / pace)} left`;
}

export function evidenceLine(evidence) {
  return `${percent(evidence.agree, evidence.rated)} of ${plural(evidence.rated, 'comparison', 'comparisons')}`;
}
