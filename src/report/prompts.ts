import type { PackedPrompts } from './client/compare.js';
import { NO_ARM } from './colours.js';
import { html, type Markup } from './html.js';
import { packMotion } from './pack.js';
import type { Run } from './series.js';
import type { PromptMotions, ReportData } from './types.js';

/** What the page's script needs of the prompts. */
export function packPrompts({ prompts, motions }: PromptMotions, run: Run): PackedPrompts {
  const clips = motions.map(({ prompt, arm, generation, fps, joints, note }, i) => {
    const at = run.arms.findIndex((one) => one.arm === arm);
    const colour = at < 0 ? NO_ARM : run.arms[at].colour;
    const motion = packMotion({ group: '', label: '', fps, joints, note }, i, colour);
    // The strip under the picture is the other viewer's.
    return { prompt, arm: at, generation: generation ?? -1, motion: { ...motion, lowest: [] } };
  });
  return { prompts, arms: run.arms, clips };
}

/** The same prompts across generations and arms, to be played together. */
export function promptSection(data: ReportData): Markup | false {
  const { prompts } = data;
  if (!prompts || prompts.motions.length === 0) return false;
  return html`<h2>The same prompts, by arm and generation</h2>
<p class="soft">Every generation of every arm is asked for the same prompts with the same noise (seed ${prompts.seed}); these are their samples as drawn, before any correction, beside the real motions of these prompts. Choose an arm and a generation for each column, or move all of them through the generations at once.</p>
<section id="compare" data-none="${NO_ARM}" aria-label="the same prompt by arm and generation">
<div class="prompt-choice" role="group" aria-label="prompt">${prompts.prompts.map(
    (text, i) =>
      html`<button type="button" data-prompt="${i}" aria-pressed="${i === 0 ? 'true' : 'false'}">${text}</button>`,
  )}</div>
<div class="slots"></div>
<div class="stage-view"><canvas tabindex="0" aria-label="the figures; drag to turn them"></canvas></div>
<p class="viewer-message" hidden></p>
<noscript><p>The moving figures need JavaScript.</p></noscript>
<div class="strip-box"><input class="scrub" type="range" min="0" max="0" step="1" value="0" aria-label="frame"></div>
<div class="controls">
<button class="play" type="button" aria-label="play"></button>
<label>all columns at <input class="every-generation" type="range" min="0" max="0" step="1" value="0" aria-label="generation of all columns"> <span class="every-name"></span></label>
<label>speed <select class="speed"><option value="0.25">0.25×</option><option value="0.5">0.5×</option><option value="1" selected>1×</option><option value="2">2×</option></select></label>
<button class="fewer" type="button">− column</button><button class="more" type="button">+ column</button>
<span class="time"></span>
</div>
</section>`;
}
