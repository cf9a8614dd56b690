import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VERDICTS_FILE } from '../loop/index.js';
import { type ReportData, readPrompts, readRun, readSamples, renderReport } from '../report/index.js';
import { summaryTable } from './loop-summary.js';
import { runSummary } from './run-summary.js';
import { verdictLines } from './verdict-lines.js';

/**
 * Writes report.html and, where the run was registered, verdicts.json from what is in its directory, finished or not. A published run has
 * no samples any more: the report that came with it is left as it is.
 * @returns what there is to say in a terminal, the report's path, and what was read
 */
export async function writeReport(out: string): Promise<{ text: string; report: string; data: ReportData }> {
  const run = await readRun(out);
  const data: ReportData = {
    ...run,
    motions: await readSamples(out, run.rows),
    prompts: await readPrompts(out, run.rows),
  };
  const report = join(out, 'report.html');
  const files = await readdir(out);
  if (files.some((name) => /^seed-\d+$/.test(name)) || !files.includes('report.html'))
    await writeFile(report, renderReport(data));
  if (data.judgement)
    await writeFile(join(out, VERDICTS_FILE), `${JSON.stringify(data.judgement, null, 1)}\n`);
  const verdicts = data.judgement ? verdictLines(data.judgement) : '';
  const summary = data.config.task?.name === 'motion' ? summaryTable(data.rows) : runSummary(data.rows);
  return { text: [summary, verdicts].filter(Boolean).join('\n\n'), report, data };
}
