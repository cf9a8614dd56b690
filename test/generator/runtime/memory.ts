// A program that trains a model of size S on short motions and prints, as JSON, its resident memory in bytes after 200 and after 2,000 steps.
import { MODEL_SIZES, MotionDiffusion } from '../../../src/generator/index.js';
import { OPTIONS } from '../model.js';
import { SLOW, slowData } from './slow.js';

const [EARLY, LATE] = [200, 2000];
/** Steps before each of the two: the peak counts, for what a run needs comes and goes. */
const WINDOW = 160;

const frames = 16;
const model = await MotionDiffusion.create({ ...SLOW, frames, ...MODEL_SIZES.S });
const data = slowData();
data.features = data.features.subarray(0, data.conditions.length * frames * SLOW.features);
const readings = new Map<number, number>();
await model.train(data, {
  ...OPTIONS,
  batch: 4,
  steps: LATE,
  onProgress: ({ step }) => {
    globalThis.gc?.(); // what this thread no longer needs is no leak
    readings.set(step, process.memoryUsage.rss());
  },
});
await model.close();
const peak = (end: number) =>
  Math.max(...[...readings].filter(([step]) => step > end - WINDOW && step <= end).map(([, rss]) => rss));
console.log(JSON.stringify({ early: peak(EARLY), late: peak(LATE), readings: [...readings.values()] }));
