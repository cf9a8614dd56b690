import { corrects } from './catalogue.js';
import { claimsSection } from './claims.js';
import { NO_ARM } from './colours.js';
import { correctionSection } from './correction.js';
import { costs } from './costs.js';
import { curves, slopes } from './curves.js';
import { html, type Markup } from './html.js';
import { page } from './page.js';
import { physicsSection } from './physics.js';
import { packPrompts, promptSection } from './prompts.js';
import { TRAINED_ON } from './read-samples.js';
import { formatValue } from './scale.js';
import { type Run, sortRun } from './series.js';
import { armList, configuration, differenceTable, results } from './tables.js';
import type { ReportData, ViewerMotion } from './types.js';
import { alarmSection, provenanceSection, theoryTable } from './verdicts.js';
import { choices, player } from './viewer.js';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const REGIMES: Record<string, string> = {
  augment: 'the real data together with its newest samples',
  replace: 'its newest samples alone',
  accumulate: 'the real data together with all samples so far',
  subsample: 'as many as there are real ones, drawn from the real data and all samples so far',
  thin: 'the real data together with all samples so far, the older ones thinned out',
  fresh: 'new real data together with its newest samples',
  keep: 'a share of the real data together with its newest samples',
};

/** What was run and how to read it, in plain words. */
function lead(data: ReportData, run: Run): Markup {
  const task = data.config.task?.name;
  const loop = (data.config.config ?? {}) as Record<string, unknown>;
  const several = run.arms.some(({ arm }) => arm.includes('@regime='));
  const material = (!several && REGIMES[String(loop.regime)]) || 'data that includes its own samples';
  const has = (arm: string): boolean => run.arms.some((entry) => entry.arm === arm);
  const physics = run.metrics.includes('physErr');
  return html`<p class="lead">A generative model${task ? html` (task <i>${task}</i>)` : ''} was trained on real data${
    typeof loop.n === 'number' && html` (${loop.n} examples)`
  } once, then ${plural(run.last, 'time')} more, each time on ${material}${
    typeof loop.lambda === 'number' && html` (λ = ${loop.lambda} synthetic per real)`
  }. ${
    typeof loop.gamma === 'number' &&
    run.arms.some(({ arm }) => corrects(arm)) &&
    html`Each sample is corrected with probability ${formatValue(loop.gamma / (1 + loop.gamma))} (γ = ${loop.gamma}). `
  }${plural(run.seeds.length, 'seed')}, ${plural(run.arms.length, 'arm')}; the arms of a seed start from the same generation 0 and differ in what each then does:</p>
${armList(run, physics)}
<p>Read the curves against the dashed line, which is what <b>real data</b> score against the same reference, and against the shaded band: a difference within it may be noise. ${
    run.seeds.length < 3 &&
    html`<b>${run.seeds.length === 1 ? 'One seed proves' : 'Two seeds prove'} little</b>: from seed to seed an arm differs by more than the noise of one evaluation. `
  }${
    physics &&
    has('placebo') &&
    (has('corrected') || has('selected')) &&
    html`Compare <b>corrected</b> with <b>placebo</b> as well as with uncorrected: if a random displacement lowers FID as much, the gain in FID is not due to physics; physics has to show in the physical error. `
  }${has('selected') && html`<b>Selected</b> looks at the real set when it chooses: its gain is curation and must not be credited to the correction. `}${
    (has('calibrated') || has('restored')) &&
    html`<b>${has('restored') ? 'Restored' : 'Calibrated'}</b> looks at how much the real set varies: what it has over <b>corrected</b> is no gain of physics. `
  }${
    physics && 'Falling loss, rising precision and rising label accuracy are also what collapse looks like.'
  }</p>`;
}

function motionSection(data: ReportData, colourOf: (group: string) => number): Markup | false {
  if (data.motions.length === 0) return false;
  // Open with the most telling one: something before and after its correction, neither the best nor the worst.
  const interest = (motion: ViewerMotion): number =>
    (motion.before ? 4 : 0) +
    (motion.group === 'corrected' ? 2 : 0) +
    (motion.label.startsWith('median') ? 1 : 0);
  const most = Math.max(...data.motions.map(interest));
  const first = data.motions.findIndex((motion) => interest(motion) === most);
  return html`<h2>Samples</h2>
<p class="soft">Best, median and worst by physical error among the samples shown, so that the best is not all one sees.${data.motions.some((motion) => motion.before) && ' Red is a sample as the model drew it, before it was changed.'}${data.motions.some((motion) => motion.label.endsWith(TRAINED_ON)) && ' Those marked “trained on” went into the training of the last generation; the others were drawn from the model after it.'}</p>
${player(data.motions, first)}
${choices(data.motions, colourOf)}`;
}

/**
 * The report of a run as one HTML file that needs nothing but itself: curves of all arms with the floor of real data and the
 * noise of an evaluation, slopes with intervals, samples in a 3-D viewer, correction, cost, configuration. Pure: the same data
 * give the same text. About 0.4 MB plus 350 bytes per frame of motion (twice that with `before`).
 * @throws Error when there is no generation to show, or a motion's arrays do not fit each other
 */
export function renderReport(data: ReportData): string {
  const run = sortRun(data);
  if (run.generations.length === 0)
    throw new Error('Expected at least one generation row for rows but received none');
  const order = new Map(run.arms.map(({ arm }, i) => [arm, i]));
  const rank = (group: string): number => order.get(group) ?? order.size;
  const motions = [...data.motions].sort((a, b) => rank(a.group) - rank(b.group));
  const colourOf = (group: string): number => run.arms.find(({ arm }) => arm === group)?.colour ?? NO_ARM;
  const body = html`<h1>${data.title}</h1>
${lead(data, run)}
${(data.remarks ?? []).map((remark) => html`<p class="remark">${remark}</p>`)}
${claimsSection(data.judgement)}
<h2>Results at the last generation</h2>
${results(run)}
${curves(run)}
${theoryTable(run)}
${slopes(run)}
${differenceTable(run)}
${alarmSection(data, run)}
${promptSection(data)}
${motionSection({ ...data, motions }, colourOf)}
${physicsSection(run)}
${correctionSection(run)}
${provenanceSection(data.provenance ?? [])}
${costs(data, run)}
${configuration(data)}`;
  return page(data.title, body, motions, colourOf, data.prompts && packPrompts(data.prompts, run));
}
