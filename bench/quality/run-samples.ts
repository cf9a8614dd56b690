/** Motions drawn from the model of a run of the loop, as the loop draws them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderDataset, loadFolder } from '../../src/data/index.js';
import { Normalisation } from '../../src/generator/index.js';
import { readSafetensors } from '../../src/io/safetensors.js';
import { configFromJson, nodeFs } from '../../src/loop/index.js';
import { MotionGenerator } from '../../src/tasks/motion/generator.js';
import { jointsOf, motionAt } from '../../src/tasks/motion/samples.js';
import type { MotionSettings } from '../../src/tasks/motion/settings.js';
import { chooseReal, cutWindows } from '../../src/tasks/motion/windows.js';

/**
 * @param run output directory of `selfcorrect loop`
 * @param unit a generation with a checkpoint there, e.g. `seed-0/gen-0000`
 * @param data the folder of motions that it was trained on
 * @returns `count` motions [frames, 22, 3], conditioned as the run's real samples are
 */
export async function runSamples(
  run: string,
  unit: string,
  data: string,
  count: number,
): Promise<Float32Array[]> {
  const { task, config } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
  const settings = task.settings as MotionSettings & { data: { classes: string[] } };
  const { n } = configFromJson(config);
  const seed = Number(/^seed-(\d+)\//.exec(unit)?.[1]);
  const dataset = folderDataset(await loadFolder(data, {}), { minimumPerClass: 4 });
  const { frames, realStride: stride } = settings;
  const windows = cutWindows(dataset, 'train', { frames, stride, mirrored: false });
  const labels = Int32Array.from(chooseReal(windows, n, seed), ({ label }) => label);
  const directory = join(run, unit, 'generator');
  const { tensors } = readSafetensors(readFileSync(join(directory, 'model.safetensors')));
  const part = (name: string): Float32Array => tensors.get(`normalisation.${name}`)?.data as Float32Array;
  const generator = await MotionGenerator.create(
    settings,
    new Normalisation(part('mean'), part('deviation')),
    labels,
    { classes: settings.data.classes, seed: 0, threads: 1, keepOptimizer: false },
  );
  try {
    await generator.restore(directory, nodeFs);
    const items = Int32Array.from({ length: count }, (_, i) => i % n);
    const joints = jointsOf(await generator.sample(items, { seed: 1 }));
    return Array.from({ length: count }, (_, i) => motionAt(joints, frames, i));
  } finally {
    await generator.close();
  }
}
