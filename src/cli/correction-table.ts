/** What a correction did to motions, as a printed table and as a page to look at. */
import type { CorrectionReport } from '../correct/report.js';
import { type BeforeAfter, renderViewer, type ViewerMotion, type ViewerTable } from '../report/index.js';
import { format } from './table.js';

/** Motions a viewer page holds at most: it is one file that a browser opens at once. */
export const VIEWED = 60;

export const CORRECTION_HEADER = [
  'before → after',
  'status',
  'penetrate mm',
  'float mm',
  'skate mm/frame',
  'jerk m/s³',
  'moved mm',
  'residual BW',
];

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const arrow = (reports: CorrectionReport[], key: keyof CorrectionReport['before']) =>
  `${format(mean(reports.map(({ before }) => before[key])))} → ${format(mean(reports.map(({ after }) => after[key])))}`;

/** How many motions ended in each status, e.g. `ok 3, rejected 1`. */
export function statuses(reports: CorrectionReport[]): string {
  const counts = new Map<string, number>();
  for (const { status } of reports) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .map(([status, count]) => (reports.length === 1 ? status : `${status} ${count}`))
    .join(', ');
}

/** A row of the printed table: means over motions that were not rejected. */
export function tableRow(name: string, all: CorrectionReport[]): string[] {
  const reports = all.filter(({ status }) => status !== 'rejected');
  if (reports.length === 0) return [name, statuses(all), ...new Array(6).fill('–')];
  return [
    name,
    statuses(all),
    arrow(reports, 'penetrate'),
    arrow(reports, 'float'),
    arrow(reports, 'skate'),
    arrow(reports, 'jerk'),
    format(mean(reports.map(({ errorRoot }) => errorRoot))),
    format(mean(reports.map(({ residualForce }) => residualForce.mean))),
  ];
}

/** A motion with what the corrector said of it. */
export interface CorrectedView extends Omit<ViewerMotion, 'note'> {
  report: CorrectionReport;
}

/** A page of the first motions that were not rejected, before and after; `left` says how many more there are. */
export function correctionPage(
  title: string,
  corrected: readonly CorrectedView[],
): { html: string; left: number } {
  const shown = corrected.filter(({ report }) => report.status !== 'rejected');
  const motions: ViewerMotion[] = [];
  const rows: ViewerTable['rows'][number][] = [];
  for (const { report, ...motion } of shown.slice(0, VIEWED)) {
    const change = (key: keyof CorrectionReport['before']): BeforeAfter => ({
      before: report.before[key],
      after: report.after[key],
    });
    const residual = report.residualForce.mean;
    const reason = report.reason ? ` (${report.reason})` : '';
    motions.push({ ...motion, note: `${report.status}${reason}, residual ${format(residual)} body weights` });
    rows.push({
      cells: [
        motion.label,
        report.status,
        change('penetrate'),
        change('float'),
        change('skate'),
        change('jerk'),
        report.errorRoot,
        residual,
      ],
      motion: motions.length - 1,
    });
  }
  const table: ViewerTable = {
    columns: [
      { name: 'motion' },
      { name: 'status' },
      { name: 'penetrate', unit: 'mm', better: 'lower' },
      { name: 'float', unit: 'mm', better: 'lower' },
      { name: 'skate', unit: 'mm/frame', better: 'lower' },
      { name: 'jerk', unit: 'm/s³' },
      { name: 'moved', unit: 'mm' },
      { name: 'residual', unit: 'body weights', better: 'lower' },
    ],
    rows,
  };
  return { html: renderViewer({ title, motions, table }), left: Math.max(0, shown.length - VIEWED) };
}
