// A program that trains a small model and prints, as JSON, its resident memory in bytes after 200 and after 2,000 steps.
import { MotionDiffusion } from '../../../src/generator/index.js';
import { OPTIONS } from '../model.js';
import { SLOW, slowData } from './slow.js';

/** Steps within which the least reading counts: above it lies garbage that is yet to be collected, which is no leak. */
const EARLY = [100, 200];
const LATE = [1600, 2000];

const frames = 30;
const model = await MotionDiffusion.create({ ...SLOW, frames, layers: 2 });
const data = slowData();
data.features = data.features.subarray(0, data.conditions.length * frames * SLOW.features);
const readings = new Map<number, number>();
await model.train(data, {
  ...OPTIONS,
  batch: 8,
  steps: LATE[1],
  onProgress: ({ step }) => readings.set(step, process.memoryUsage.rss()),
});
await model.close();
const least = ([start, end]: number[]) =>
  Math.min(...[...readings].filter(([step]) => step >= start && step <= end).map(([, rss]) => rss));
console.log(JSON.stringify({ early: least(EARLY), late: least(LATE), readings: [...readings.values()] }));
