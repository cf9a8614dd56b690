import { ARMS, type ArmKind } from '../loop/arms.js';
import { contractionRate } from '../loop/theory.js';
import { presentation } from './catalogue.js';
import { html, type Markup } from './html.js';
import { type Relaxation, relaxation } from './relaxation.js';
import { formatEstimate, formatValue } from './scale.js';
import { type Run, seriesOf } from './series.js';
import type { ReportData } from './types.js';

/** lambda and gamma of an arm: its own, or the run's; gamma is 0 where the corrector of the claim is not used. */
export function strengthOf(arm: string, config: unknown): { lambda?: number; gamma: number } {
  const [kind, ...parts] = arm.split('@');
  const own: Record<string, unknown> = { ...(config as object | null) };
  for (const part of parts) {
    const [key, value] = part.split('=');
    own[key] = value;
  }
  const settings = Object.hasOwn(ARMS, kind) ? ARMS[kind as ArmKind] : undefined;
  const lambda = settings?.synthetic === false ? 0 : Number(own.lambda ?? Number.NaN);
  const gamma = settings?.corrector === 'configured' ? Number(own.gamma ?? Number.POSITIVE_INFINITY) : 0;
  return { lambda: Number.isFinite(lambda) ? lambda : undefined, gamma };
}

function boundText(arm: string, config: unknown): string {
  const { lambda, gamma } = strengthOf(arm, config);
  if (lambda === undefined) return '–';
  if (lambda === 0) return 'no own samples';
  const rate = contractionRate(lambda, gamma);
  return Number.isFinite(rate) && rate < 1 ? formatValue(rate) : 'no promise';
}

function restText(found: Relaxation | undefined): string {
  if (!found) return 'too few points';
  if (found.kind === 'flat') return 'no change beyond scatter';
  if (found.kind === 'drift') return 'no fixed point in sight';
  return `${formatValue(found.rate)}, to ${formatValue(found.limit)}`;
}

/**
 * How fast the first distance of each arm comes to rest, beside the theorem's rate for an exact model: by the fixed point of the mean
 * curve, and by the slope over the generation before where consecutive generations were evaluated.
 */
export function contractionTable(data: ReportData, run: Run): Markup | false {
  const key = run.contractions[0]?.metric ?? (run.metrics.includes('fid') ? 'fid' : undefined);
  if (key === undefined) return false;
  const all = seriesOf(run, (row) => row.metrics[key]);
  if (!all.some(({ points }) => points.length >= 6) && run.contractions.length === 0) return false;
  const rows = all.map(({ arm, points }) => {
    const found = relaxation(
      points.map((point) => point.generation),
      points.map((point) => point.mean),
    );
    const lagged = run.contractions.filter((row) => row.arm === arm);
    return html`<tr><th>${arm}</th><td>${restText(found)}</td><td>${
      lagged.length === 0
        ? '–'
        : lagged.map((row) => {
            const { value, low, high } = formatEstimate(row.rate, row.interval);
            return html`<div>${lagged.length > 1 && `${presentation(row.metric).name} `}${value} <span class="soft">[${low}, ${high}]</span></div>`;
          })
    }</td><td>${boundText(arm, data.config.config)}</td></tr>`;
  });
  return html`<h3>Contraction rate</h3>
<p class="soft">What is left of a distance after one generation: under 1 the loop heals, above 1 it runs away. <b>Measured</b> of ${presentation(key).name}, which is a distance of samples and not of parameters: by the curve limit + c · rate<sup>t</sup> that fits the mean over seeds best, and by its slope over the generation before (noise makes that smaller than it is). A rate says how soon a curve comes to rest, not where: a collapse that is complete is at rest too, so read the limit with it. <b>Theorem</b>: ρ/(1 + γ) of Gillman et al. for an exact model (ε = 0), the least its bound can be; a rate of the parameters near their optimum, which for this model nobody knows.</p>
<div class="table"><table><thead><tr><th>arm</th><th>measured: rate, limit</th><th>measured: over the generation before [95 %]</th><th>theorem at best</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
