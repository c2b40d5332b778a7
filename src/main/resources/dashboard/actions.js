// What an operator can do, each with a reason and a confirmation that says what happens to users.

import { act, hasToken, Refused, explain, setToken } from './api.js';
import { h, icon, setHidden, setText } from './dom.js';
import { putRoute } from './store.js';
import { ACTIONS, actionsOf, consequence } from './words.js';

const MAX_REASON = 1000;

function dialog(title, ...content) {
  const form = h('form', { method: 'dialog' }, h('h2', { id: 'dialog-title' }, title), ...content);
  const element = h('dialog', { 'aria-labelledby': 'dialog-title' }, form);
  element.addEventListener('close', () => element.remove());
  document.body.append(element);
  return { element, form };
}

function tokenField() {
  const input = h('input', { id: 'dialog-token', type: 'password', autocomplete: 'off', spellcheck: 'false' });
  const element = h('div', { class: 'field', hidden: true },
    h('label', { for: 'dialog-token' }, 'Admin token'), input,
    h('p', { class: 'hint' }, 'Kept in this page’s memory until it is closed, and nowhere else.'));
  return { element, input };
}

/** Asks, acts, and shows what the API says when it refuses. */
function confirm(route, name) {
  const action = ACTIONS[name];
  const reason = h('input', { id: 'dialog-reason', type: 'text', maxlength: MAX_REASON, autocomplete: 'off' });
  const token = tokenField();
  const fault = h('p', { class: 'fault', role: 'alert', hidden: true }, ' ');
  const go = h('button', { type: 'submit', class: 'button primary', 'data-tone': action.tone }, icon(action.icon), action.word);
  const cancel = h('button', { type: 'button', class: 'button', onclick: () => made.element.close() }, 'Cancel');
  const made = dialog(`${action.word} ${route.name}?`,
    h('p', { class: 'consequence', id: 'dialog-consequence' }, consequence(name, route)),
    h('div', { class: 'field' }, h('label', { for: 'dialog-reason' }, 'Reason'), reason,
      h('p', { class: 'hint' }, 'Kept in the decision log.')),
    token.element, fault, h('div', { class: 'buttons' }, cancel, go));
  made.element.setAttribute('aria-describedby', 'dialog-consequence');

  made.form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!token.element.hidden && token.input.value) setToken(token.input.value.trim());
    go.disabled = true;
    setHidden(fault, true);
    try {
      putRoute(await act(route.name, name, reason.value.trim()));
      made.element.close();
    } catch (refused) {
      // 403: a viewer's token, or one of another page; there may be a better one.
      const unknown = refused instanceof Refused && [401, 403].includes(refused.status);
      const asked = !token.element.hidden || hasToken();
      setText(fault, refused.status === 401 && !asked ? 'This instance asks for its admin token.' : explain(refused));
      setHidden(fault, false);
      if (unknown) {
        if (refused.status === 401) setToken(null);
        setHidden(token.element, false);
        token.input.focus();
      }
    } finally {
      go.disabled = false;
    }
  });
  made.element.showModal();
  reason.focus();
}

/** Asks for the token that reading needs; gives null when it is not given. */
export function askToken() {
  const token = tokenField();
  setHidden(token.element, false);
  const made = dialog('This instance asks for a token',
    h('p', { class: 'consequence' }, 'Nothing can be shown without one.'), token.element,
    h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'button primary' }, 'Continue')));
  made.element.showModal();
  token.input.focus();
  return new Promise((done) => {
    made.element.addEventListener('close', () => done(token.input.value.trim() || null));
  });
}

/** The buttons of a route: those its state allows. */
export function actionBar() {
  const element = h('div', { class: 'buttons', role: 'group', 'aria-label': 'Actions' });
  let shown = '';
  let current = null;
  return {
    element,
    update(route) {
      current = route;
      const names = actionsOf(route);
      if (names.join() === shown) return;
      shown = names.join();
      const focused = element.contains(document.activeElement);
      element.replaceChildren(...names.map((name) => h('button', {
        type: 'button', class: 'button', 'data-action': name, 'data-tone': ACTIONS[name].tone,
        onclick: () => confirm(current, name),
      }, icon(ACTIONS[name].icon), ACTIONS[name].word)));
      if (focused) element.querySelector('button')?.focus();
    },
  };
}
