/** Plain SVG, readable on light and dark pages: it brings its own background. */
const width = 720;
const left = 190;
const right = 90;

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const colors = ['#4c6ef5', '#adb5bd', '#f08c00', '#e03131', '#2f9e44'];

function frame(title: string, height: number, inner: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${escape(title)}">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="16" y="26" font-size="15" font-weight="600" fill="#212529">${escape(title)}</text>
${inner}
</svg>
`;
}

export interface Bar {
  readonly label: string;
  /** One value a run; the bar is their median, the line goes from the least to the greatest. */
  readonly values: readonly number[];
  readonly emphasized?: boolean;
}

/** Horizontal bars from zero; `target` is drawn as a line. */
export function barChart({ title, unit, bars, target }: { title: string; unit: string; bars: readonly Bar[]; target?: number }): string {
  const most = Math.max(target ?? 0, ...bars.flatMap(({ values }) => values));
  const x = (value: number): number => left + (value / most) * (width - left - right);
  const rows = bars.map(({ label, values, emphasized }, index) => {
    const y = 48 + index * 30;
    const sorted = values.toSorted((a, b) => a - b);
    const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
    const [least, greatest] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
    return `<text x="${left - 8}" y="${y + 14}" text-anchor="end" fill="#343a40">${escape(label)}</text>
<rect x="${left}" y="${y}" width="${(x(middle) - left).toFixed(1)}" height="20" rx="2" fill="${emphasized === true ? colors[0] : colors[1]}"/>
<line x1="${x(least).toFixed(1)}" x2="${x(greatest).toFixed(1)}" y1="${y + 10}" y2="${y + 10}" stroke="#212529" stroke-width="2"/>
<text x="${(x(greatest) + 6).toFixed(1)}" y="${y + 14}" fill="#343a40">${Math.round(middle).toLocaleString('en')} ${escape(unit)}</text>`;
  });
  const height = 64 + bars.length * 30;
  const line =
    target === undefined
      ? ''
      : `<line x1="${x(target).toFixed(1)}" x2="${x(target).toFixed(1)}" y1="40" y2="${height - 18}" stroke="${colors[3]}" stroke-dasharray="4 3"/>
<text x="${x(target).toFixed(1)}" y="${height - 5}" text-anchor="middle" font-size="11" fill="${colors[3]}">target ${target} ${escape(unit)}</text>`;
  return frame(title, height, [...rows, line].join('\n'));
}

export interface Dots {
  readonly label: string;
  readonly color: number;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Points by two measures, both from zero. */
export function dotChart(chart: { title: string; xLabel: string; yLabel: string; series: readonly Dots[]; target?: number }): string {
  const height = 340;
  const [top, bottom, start, end] = [70, 290, 64, width - 24];
  const points = chart.series.flatMap((one) => one.points);
  const mostX = Math.max(...points.map(([x]) => x));
  const mostY = Math.max(chart.target ?? 0, ...points.map(([, y]) => y)) * 1.05;
  const x = (value: number): number => start + (value / mostX) * (end - start);
  const y = (value: number): number => bottom - (value / mostY) * (bottom - top);
  const shown = (value: number): string => Number(value.toPrecision(2)).toLocaleString('en');
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    `<text x="${x(share * mostX).toFixed(1)}" y="${bottom + 18}" text-anchor="middle" font-size="11" fill="#495057">${shown(share * mostX)}</text>`,
    `<text x="${start - 8}" y="${(y(share * mostY) + 4).toFixed(1)}" text-anchor="end" font-size="11" fill="#495057">${shown(share * mostY)}</text>`,
    `<line x1="${start}" x2="${end}" y1="${y(share * mostY).toFixed(1)}" y2="${y(share * mostY).toFixed(1)}" stroke="#e9ecef"/>`,
  ]);
  const dots = chart.series.map(({ color, points: own }) =>
    own.map(([a, b]) => `<circle cx="${x(a).toFixed(1)}" cy="${y(b).toFixed(1)}" r="2" fill="${colors[color]}"/>`).join(''),
  );
  const legend = chart.series.map(
    ({ label, color }, index) =>
      `<circle cx="${start + 6 + index * 150}" cy="48" r="4" fill="${colors[color]}"/><text x="${start + 16 + index * 150}" y="52" fill="#343a40">${escape(label)}</text>`,
  );
  const target =
    chart.target === undefined
      ? ''
      : `<line x1="${start}" x2="${end}" y1="${y(chart.target).toFixed(1)}" y2="${y(chart.target).toFixed(1)}" stroke="${colors[3]}" stroke-dasharray="4 3"/>
<text x="${end}" y="${(y(chart.target) - 5).toFixed(1)}" text-anchor="end" font-size="11" fill="${colors[3]}">target ${chart.target.toLocaleString('en')}</text>`;
  const axes = `<text x="${(start + end) / 2}" y="${height - 8}" text-anchor="middle" fill="#343a40">${escape(chart.xLabel)}</text>
<text transform="translate(14 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#343a40">${escape(chart.yLabel)}</text>`;
  return frame(chart.title, height, [...ticks, ...dots, ...legend, target, axes].join('\n'));
}
