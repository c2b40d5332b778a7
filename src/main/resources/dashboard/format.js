// Figures as people read them. What is not known is a dash.

export const NONE = '–';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
});
const whole = new Intl.NumberFormat('en', { useGrouping: true });

/** A number stays beside its sign, in texts of the server's as well. */
export const joined = (text) => text.replaceAll(/(\d) %/g, '$1\u00a0%');

/** Cut, not rounded: 79.96 % must not read as 80.0 %. */
export function percent(part, all) {
  if (!all) return NONE;
  const tenths = Math.floor((part * 1000) / all);
  return `${Math.floor(tenths / 10)}.${tenths % 10}\u00a0%`;
}

/** The rule's bar, which may have more digits: 0.8 is 80 %, 0.925 is 92.5 %. */
export function bar(share) {
  return `${Number((share * 100).toFixed(4))}\u00a0%`;
}

export function count(number) {
  return whole.format(number);
}

export function millis(value) {
  if (value === null || value === undefined) return NONE;
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 100) return `${Math.round(value)} ms`;
  return value >= 10 ? `${value.toFixed(1)} ms` : `${value.toFixed(2)} ms`;
}

export function gap(value) {
  return value === null || value === undefined ? NONE : value.toFixed(3);
}

/** A confidence, or a dash. */
export function confidence(value) {
  return value === null || value === undefined ? NONE : value.toFixed(3);
}

/** A length of time in its greatest unit: 45 s, 12 min, 3 h, 2 days. */
export function duration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

export function time(iso) {
  const then = new Date(iso);
  return then.toDateString() === new Date().toDateString() ? clock.format(then) : dayAndClock.format(then);
}

export function plural(number, one, many) {
  return `${count(number)} ${number === 1 ? one : many}`;
}
