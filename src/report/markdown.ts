import { generationCost } from '../loop/judge.js';
import { formatSeconds } from './bars.js';
import { presentation } from './catalogue.js';
import { measuredText } from './claims.js';
import { formatEstimate, formatSpread, formatValue } from './scale.js';
import { floorOf, noiseOf, type Run, seriesOf, slopesOf, sortRun } from './series.js';
import { formatP } from './tables.js';
import type { ReportData } from './types.js';

/** Columns of the table of results, as far as they were measured. */
const COLUMNS = [
  'fid',
  'recall',
  'coverage',
  'withinDiversity',
  'diversity',
  'jerk',
  'physErr',
  'embeddingFid',
  'embeddingDiversity',
  'matching',
  'rPrecision3',
  'multimodality',
  'memorisation',
];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const spread = (value: number | undefined): string =>
  value !== undefined && value > 0 ? ` ± ${formatSpread(value)}` : '';

function slopeText(run: Run, metric: string, arm: string): string {
  return slopesOf(run, metric, arm)
    .map((row) => {
      const { value, low, high } = formatEstimate(row.slope, row.interval);
      return `${value} [${low}, ${high}]`;
    })
    .join('; ');
}

/** Last generation of every arm under real data and generation 0, with slopes of the first metric. */
function results(run: Run): string {
  const wanted = COLUMNS.filter((key) => run.metrics.includes(key));
  const keys = wanted.length > 0 ? wanted : run.metrics.slice(0, 6);
  const series = keys.map((key) => seriesOf(run, (row) => row.metrics[key]));
  const head = keys.map((key) => {
    const { name, unit } = presentation(key);
    return unit ? `${name}, ${unit}` : name;
  });
  const [first] = run.arms;
  const start = keys.map((key, k) => {
    const point = series[k].find(({ arm }) => arm === first?.arm)?.points[0];
    return point?.generation === 0 ? formatValue(point.mean) + spread(noiseOf(run, key)) : '–';
  });
  const last = (arm: string): string[] => {
    const points = series.map((all) => all.find((one) => one.arm === arm)?.points.at(-1));
    return points.map((point) =>
      point ? formatValue(point.mean) + (run.seeds.length > 1 ? spread(point.deviation) : '') : '–',
    );
  };
  const generation = (arm: string): string =>
    String(
      Math.max(
        0,
        ...series.flatMap((all) => all.find((one) => one.arm === arm)?.points.at(-1)?.generation ?? []),
      ),
    );
  return table(
    ['arm', 'generation', ...head, `${presentation(keys[0]).name} per generation [95 %]`],
    [
      ...(run.floors.length > 0
        ? [
            [
              'real data',
              '–',
              ...keys.map((key) => {
                const floor = floorOf(run, key);
                return floor ? formatValue(floor.mean) + spread(floor.spread) : '–';
              }),
              '',
            ],
          ]
        : []),
      ['generation 0', '0', ...start, ''],
      ...run.arms.map(({ arm }) => [arm, generation(arm), ...last(arm), slopeText(run, keys[0], arm)]),
    ],
  );
}

function verdicts({ judgement }: ReportData): string[] {
  if (!judgement || judgement.claims.length === 0) return [];
  const rows = judgement.claims.flatMap(({ name, kind, verdict, parts }) =>
    parts.map((part, i) => [
      i === 0 ? `${name} (${kind})` : '',
      i === 0 ? `**${verdict}**` : '',
      part.statement.replaceAll('<=', '≤').replaceAll('>=', '≥'),
      measuredText(part),
      part.p && part.ratio !== undefined ? formatP(Object.values(part.p)[0].t) : '',
      parts.length > 1 ? part.verdict : '',
    ]),
  );
  return [
    judgement.beforeResults
      ? 'Claims, registered before the results:'
      : 'Claims, written when there were results already:',
    table(['claim', 'verdict', 'comparison', 'measured', 'p (paired t)', 'part'], rows),
  ];
}

function cost(data: ReportData, run: Run): string[] {
  const stages = ['sample', 'select', 'correct', 'train', 'evaluate'] as const;
  const rows = run.arms.flatMap(({ arm }) => {
    const found = generationCost(data.costs, data.rows, arm);
    if (found.generations === 0 || found.total === 0) return [];
    const share = ((found.stages.correct ?? 0) / found.total) * 100;
    return [
      [
        arm,
        ...stages.map((stage) => (found.stages[stage] ? formatValue(found.stages[stage]) : '–')),
        formatValue(found.total),
        share > 0 ? `${formatValue(share)} %` : '–',
      ],
    ];
  });
  if (rows.length === 0) return [];
  const all = data.costs.reduce(
    (sum, { seed: _seed, arm: _arm, generation: _generation, ...row }) =>
      sum + Object.values(row).reduce((part: number, value) => part + (value ?? 0), 0),
    0,
  );
  return [
    `Seconds per generation (mean; arms side by side share the cores). All together: ${formatSeconds(all)}.`,
    table(['arm', ...stages, 'sum', "correction's share"], rows),
  ];
}

function facts(data: ReportData, run: Run): string {
  const loop = (data.config.config ?? {}) as Record<string, unknown>;
  const task = (data.config.task ?? {}) as { settings?: { data?: { motions?: number; sha256?: string } } };
  const clips = task.settings?.data;
  const session = data.machine?.sessions.at(-1);
  const { judgement } = data;
  return [
    judgement && `- Protocol \`${judgement.protocol}\`. ${judgement.question}`,
    judgement &&
      judgement.changes.length > 0 &&
      `- Changes to the protocol: ${judgement.changes.join('; ')}.`,
    `- Seeds ${run.seeds.join(', ')}; ${[
      loop.n !== undefined && `n = ${loop.n}`,
      loop.lambda !== undefined && `λ = ${loop.lambda}`,
      `${run.last} generations`,
      loop.evaluationCount !== undefined && `${loop.evaluationCount} samples an evaluation`,
    ]
      .filter(Boolean)
      .join(', ')}.`,
    clips && `- Data: ${clips.motions} motions, sha256 ${clips.sha256?.slice(0, 12)}.`,
    `- Configuration: sha256 ${data.configuration?.slice(0, 12) ?? 'unknown'} of config.json.`,
    session &&
      `- Machine: ${session.cpu}, ${session.cores} threads, ${session.memoryGiB} GiB, ${session.platform}, Node ${session.node.replace(/^v/, '')}, selfcorrect ${session.version}.`,
    session && `- Command: \`${session.command.replaceAll('`', "'")}\``,
  ]
    .filter(Boolean)
    .join('\n');
}

/**
 * The tables of a run as Markdown: what ran where, last generations with their spread over seeds, slopes, verdicts, cost. Pure.
 * @param name heading of the section
 */
export function renderMarkdown(data: ReportData, name: string): string {
  const run = sortRun(data);
  if (run.generations.length === 0)
    throw new Error('Expected at least one generation row for rows but received none');
  const several = run.seeds.length > 1;
  return [
    `## ${name}`,
    facts(data, run),
    ...(data.remarks ?? []),
    results(run),
    `Real data: mean ± spread over redraws. Generation 0: ± the noise of one evaluation. ${
      several
        ? 'Arms: mean ± standard deviation over seeds; slopes: mean over seeds with its interval.'
        : 'Arms: one seed; slopes with the interval of the fit.'
    }`,
    ...verdicts(data),
    ...cost(data, run),
  ].join('\n\n');
}

const begin = (name: string): string => `<!-- run ${name} -->`;
const end = (name: string): string => `<!-- end of run ${name} -->`;

const HEADER = `# Results

Every table here was written by \`selfcorrect report RUN --markdown docs/results.md\` from the run's own files, which are in
\`bench/results/RUN\`; none is typed by hand.
`;

/** A document with the section of a run put in, in the place of its former one or at the end. */
export function withSection(document: string, name: string, section: string): string {
  const text = document || HEADER;
  const whole = `${begin(name)}\n${section}\n${end(name)}`;
  const from = text.indexOf(begin(name));
  const to = text.indexOf(end(name));
  if (from >= 0 && to > from) return text.slice(0, from) + whole + text.slice(to + end(name).length);
  return `${text.replace(/\n*$/, '\n')}\n${whole}\n`;
}
