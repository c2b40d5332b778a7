// Charts over time. What they show is also said in words, for who does not see them.

import uPlot from './uplot.js';
import { h, setAttr, setText } from './dom.js';

const HEIGHT = 210;

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function colours() {
  return {
    text: css('--muted'), line: css('--line'), bar: css('--wait'), mark: css('--muted'),
    champion: css('--champion'), challenger: css('--challenger'), rate: css('--accent'), surface: css('--surface'),
  };
}

/** Draws the decisions and config changes that fall into the time shown. */
function marks(get, palette) {
  return (plot) => {
    const { ctx } = plot;
    const scale = devicePixelRatio;
    const { left, top, width, height } = plot.bbox;
    ctx.save();
    ctx.font = `${11 * scale}px ${css('--sans')}`;
    ctx.textBaseline = 'top';
    ctx.textAlign = 'left';
    let free = -Infinity;
    for (const mark of get()) {
      const x = plot.valToPos(mark.at, 'x', true);
      if (x < left || x > left + width) continue;
      ctx.strokeStyle = palette().mark;
      ctx.lineWidth = scale;
      ctx.setLineDash([2 * scale, 3 * scale]);
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      const wide = ctx.measureText(mark.label).width + 10 * scale;
      // To the left of its line, where there is no room to the right.
      const at = x + wide > left + width ? x - wide : x;
      if (at < free) continue;
      free = at + wide;
      ctx.fillStyle = palette().text;
      ctx.fillText(mark.label, at + 5 * scale, top + 3 * scale);
    }
    ctx.restore();
  };
}

/** Draws the rule's bar across the chart. */
function threshold(get, palette) {
  return (plot) => {
    const { ctx } = plot;
    const { left, width } = plot.bbox;
    const y = Math.round(plot.valToPos(get(), 'y', true));
    ctx.save();
    ctx.strokeStyle = palette().bar;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    ctx.restore();
  };
}

/**
 * A chart that fills its width.
 *
 * @param config {label, series: [{label, colour, dash, format}], range, axis, marks, bar, hint}
 */
export function chart(config) {
  let palette = colours();
  const legend = config.series.map((series) => h('b', {}, '–'));
  const keys = config.series.map((series, i) => h('span', { class: 'key', 'data-colour': series.colour, 'data-dash': series.dash ? 'yes' : null },
    h('i', { 'aria-hidden': 'true' }), `${series.label} `, legend[i]));
  const canvas = h('div', { class: 'plot', role: 'img', 'aria-label': config.label });
  const element = h('div', { class: 'chart' }, h('p', { class: 'keys' }, keys, config.hint), canvas);
  let plot = null;
  let data = [[], ...config.series.map(() => [])];
  let span = null;

  function tell(index) {
    config.series.forEach((series, i) => {
      const column = data[i + 1];
      let at = index;
      if (at === null) for (at = column.length - 1; at > 0 && column[at] === null; at--);
      const value = column[at];
      setText(legend[i], value === null || value === undefined ? '–' : series.format(value));
    });
  }

  function build() {
    plot?.destroy();
    palette = colours();
    const axis = {
      stroke: palette.text, font: `11px ${css('--sans')}`, ticks: { show: false },
      grid: { stroke: palette.line, width: 1 },
    };
    plot = new uPlot({
      width: Math.max(200, canvas.clientWidth), height: HEIGHT, padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: true, range: () => span }, y: { range: config.range } },
      axes: [{ ...axis, grid: { show: false }, space: 70, size: 26,
               values: [[60, '{HH}:{mm}', null, null, null, null, null, null, 1], [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1]] },
             { ...axis, size: 58, space: 36, values: (self, ticks) => ticks.map(config.axis) }],
      series: [{}, ...config.series.map((series) => ({
        label: series.label, stroke: palette[series.colour], width: series.dash ? 1.25 : 2, dash: series.dash,
        fill: series.fill ? `${palette[series.colour]}14` : undefined, points: { show: false }, spanGaps: false,
      }))],
      hooks: {
        draw: [config.bar ? threshold(config.bar, () => palette) : () => {}, marks(config.marks, () => palette)],
        setCursor: [(self) => tell(self.cursor.idx ?? null)],
      },
    }, data, canvas);
  }

  let width = 0;
  const resized = new ResizeObserver(() => {
    if (canvas.clientWidth === width) return;
    width = canvas.clientWidth;
    if (plot) plot.setSize({ width, height: HEIGHT });
    else if (width > 0 && span) build();
  });
  resized.observe(canvas);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const repaint = () => plot && build();
  dark.addEventListener('change', repaint);

  return {
    element,
    /** Draws. Not to be called without a single point: `columns` as uPlot wants them; `shown` the time from and to. */
    update(columns, shown, said) {
      data = columns;
      span = shown;
      setAttr(canvas, 'aria-label', said);
      if (plot) plot.setData(data);
      else if (width > 0) build();
      if (!plot || plot.cursor.idx === null || plot.cursor.idx === undefined || plot.cursor.left < 0) tell(null);
    },
    leave() {
      resized.disconnect();
      dark.removeEventListener('change', repaint);
      plot?.destroy();
    },
  };
}

/** Agreement over a window of steps that slides along; null where nothing was rated in it. */
export function sliding(times, rated, agree, window) {
  let from = 0;
  let sumRated = 0;
  let sumAgree = 0;
  return times.map((time, i) => {
    sumRated += rated[i];
    sumAgree += agree[i];
    while (times[from] <= time - window) {
      sumRated -= rated[from];
      sumAgree -= agree[from];
      from++;
    }
    return sumRated ? (sumAgree / sumRated) * 100 : null;
  });
}

/** Puts an empty line where time is missing, so that a gap is not drawn as a slope. */
export function withGaps(columns, step, longest) {
  const made = columns.map(() => []);
  columns[0].forEach((time, i) => {
    if (i > 0 && time - columns[0][i - 1] > longest) {
      made.forEach((column, c) => column.push(c === 0 ? columns[0][i - 1] + step : null));
    }
    made.forEach((column, c) => column.push(columns[c][i]));
  });
  return made;
}
