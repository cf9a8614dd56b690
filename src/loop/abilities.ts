import { type ArmSettings, armSettings, type LoopConfig } from './config.js';
import { LoopError } from './errors.js';
import type { Abilities, Task } from './task.js';

/** The task's corrector that an arm uses; undefined where it corrects nothing. */
export const correctorName = (
  { arm, corrector }: ArmSettings,
  { correctors = [] }: Abilities,
): string | undefined => (arm.corrector === 'configured' ? (corrector ?? correctors[0]) : arm.corrector);

/** The task's reward that an arm uses. */
export const rewardName = ({ reward }: ArmSettings, { rewards = [] }: Abilities): string | undefined =>
  reward ?? rewards[0];

/** True where an arm scores its samples. */
export const scores = ({ arm, minimumReward }: ArmSettings): boolean =>
  arm.select === 'best' || (arm.gate === true && minimumReward !== null);

/**
 * Refuses a configuration that asks for what the task cannot do, before any work is done.
 * @throws LoopError ERR_TASK that names the arm and what is missing
 */
export function checkAbilities<S>(task: Task<S>, config: LoopConfig): void {
  const { abilities } = task;
  const refuse = (what: string, whose: string): never => {
    throw new LoopError('ERR_TASK', `Expected a task with ${what} for ${whose} but received ${task.name}`);
  };
  for (const name of config.arms) {
    const settings = armSettings(config, name);
    const { arm } = settings;
    const need = (ok: boolean | undefined, what: string, whose = `the arm ${name}`): void => {
      if (!ok) refuse(what, whose);
    };
    const named = (list: readonly string[] | undefined, wanted: string | undefined, kind: string): void =>
      need(
        wanted !== undefined && list?.includes(wanted),
        wanted === undefined ? `a ${kind}` : `a ${kind} "${wanted}" (it has ${list?.join(', ') || 'none'})`,
      );
    if (arm.corrector) named(abilities.correctors, correctorName(settings, abilities), 'corrector');
    if (arm.select === 'transport') need(abilities.select, 'a selector');
    if (scores(settings)) named(abilities.rewards, rewardName(settings, abilities), 'reward');
    if (arm.disperse && settings.dispersion > 0) need(abilities.disperse, 'samples that can be dispersed');
    if (arm.cure === 'extrapolate') need(abilities.extrapolate, 'weights that can be extrapolated');
    if (arm.cure === 'guide') need(abilities.guide, 'negative guidance');
    if (arm.cure === 'truncate') need(abilities.truncate, 'a loss that can be truncated');
    if (settings.regime === 'fresh') need(abilities.fresh, 'new real samples', 'the regime fresh');
    if (settings.optimizer === 'keep')
      need(abilities.keepOptimizer, 'an optimiser that can be kept', 'optimizer keep');
    if (settings.realWeight !== 'count')
      need(abilities.weights, 'weights of samples in its loss', `realWeight ${settings.realWeight}`);
  }
}
