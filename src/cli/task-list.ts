import type { Json, Task } from '../loop/index.js';
import type { TaskRecipe } from '../loop/thread-runner.js';
import { UsageError } from './errors.js';

type Options = Record<string, Json>;
type Factory = (options: Options) => Task<unknown>;

/** A module of tasks/ and the function in it that makes the task. */
const from = (load: () => Promise<object>, name: string) => async (): Promise<Factory> =>
  ((await load()) as Record<string, Factory>)[name];

/** Tasks of `selfcorrect run`, which compute in JavaScript: each loads when it is asked for. */
const TASKS: Record<string, () => Promise<Factory>> = {
  gaussian: from(() => import('../tasks/gaussian.js'), 'gaussianTask'),
  'gaussian-toy': from(() => import('../tasks/gaussian-toy.js'), 'gaussianToyTask'),
  normal: from(() => import('../tasks/normal.js'), 'normalTask'),
  discrete: from(() => import('../tasks/discrete.js'), 'discreteTask'),
  mixture: from(() => import('../tasks/mixture.js'), 'mixtureTask'),
  density: from(() => import('../tasks/density.js'), 'densityTask'),
  regression: from(() => import('../tasks/regression.js'), 'regressionTask'),
  location: from(() => import('../tasks/location.js'), 'locationTask'),
};

export const taskNames = (): string[] => Object.keys(TASKS);

/** The task of this name with options of its own. @throws UsageError for a name or an option that it has not */
export async function createTask(name: string, options: Options = {}): Promise<Task<unknown>> {
  if (!Object.hasOwn(TASKS, name))
    throw new UsageError(`Expected one of ${taskNames().join(', ')} for TASK but received ${name}`);
  const make = await TASKS[name]();
  const known = Object.keys((make({}).settings ?? {}) as object);
  for (const key of Object.keys(options))
    if (!known.includes(key))
      throw new UsageError(
        `Expected one of ${known.join(', ')} for --set of the task ${name} but received ${key}`,
      );
  return make(options);
}

/** How another thread makes that task. */
export const taskRecipe = (name: string, options: Options): TaskRecipe => ({
  module: import.meta.url,
  name: 'createTask',
  args: [name, options],
});
