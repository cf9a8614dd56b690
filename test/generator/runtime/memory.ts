// A program that trains a small model and prints, as JSON, its resident memory in bytes after 200 and after 2,000 steps.
import { MotionDiffusion } from '../../../src/generator/index.js';
import { OPTIONS } from '../model.js';
import { SLOW, slowData } from './slow.js';

const [EARLY, LATE] = [200, 2000];
/** Readings before each of the two: the least counts, for garbage that is yet to be collected is no leak. */
const WINDOW = 64;

const frames = 30;
const model = await MotionDiffusion.create({ ...SLOW, frames, layers: 2 });
const data = slowData();
data.features = data.features.subarray(0, data.labels.length * frames * SLOW.features);
const readings = new Map<number, number>();
await model.train(data, {
  ...OPTIONS,
  batch: 8,
  steps: LATE,
  onProgress: ({ step }) => readings.set(step, process.memoryUsage.rss()),
});
await model.close();
const least = (end: number) =>
  Math.min(...[...readings].filter(([step]) => step > end - WINDOW && step <= end).map(([, rss]) => rss));
console.log(JSON.stringify({ early: least(EARLY), late: least(LATE), readings: [...readings.values()] }));
