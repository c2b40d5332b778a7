// Small helpers over the DOM. Everything from the server is put in as text, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

// Each drawn in 16 by 16, with a stroke in the colour of the text.
const ICONS = {
  trial: 'M8 2.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 1 0 0-11M8 2.500v11M8 5h3.600M8 8h5.500M8 11h3.600',
  promoted: 'M8 13.500v-11M3.500 7 8 2.500 12.500 7',
  rolledback: 'M5.500 2.500 2.500 5.500l3 3M2.500 5.500h7a4 4 0 0 1 0 8H5',
  paused: 'M5.500 3v10M10.500 3v10',
  none: 'M8 2.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 1 0 0-11',
  restart: 'M13 8a5 5 0 1 1-1.500-3.600M13 2.500v3h-3',
  play: 'M5 3v10l8-5z',
  chevron: 'm6 3.500 4.500 4.500L6 12.500',
  download: 'M8 2.500v8M4.500 7.500 8 11l3.500-3.500M3 13.500h10',
  warn: 'M8 2 1.800 13.300h12.400zM8 6.500v3.200M8 11.700v.1',
};

/** Makes an element: `h('p', {class: 'x', onclick: f}, 'text', child)`. */
export function h(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** Sets an element's text, and touches the page only when it is another one. */
export function setText(element, text) {
  const node = element.firstChild;
  if (node === null) {
    if (text !== '') element.textContent = text;
  } else if (node.nodeValue !== text) {
    node.nodeValue = text;
  }
}

export function setAttr(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** Sets a custom property that the style sheet reads. */
export function setVar(element, name, value) {
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

/**
 * A table that screen readers read as one even where narrow screens show its rows as blocks; hence
 * the roles. `columns` are {label, class}.
 */
export function table(label, columns) {
  const body = h('tbody', { role: 'rowgroup' });
  const heads = columns.map((c) => h('th', { scope: 'col', role: 'columnheader', class: c.class }, c.label));
  const element = h('table', { role: 'table', class: 'stacking', 'aria-label': label },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, heads)), body);
  const row = (cells, properties = {}) => h('tr', { role: 'row', ...properties },
    cells.map((cell, i) => h('td', { role: 'cell', class: columns[i].class, 'data-label': columns[i].label }, cell)));
  return { element, body, row };
}

export function empty(title, text) {
  return h('div', { class: 'empty' }, h('h3', {}, title), h('p', {}, text));
}
