/** The Gaussian toy in a process of its own, on the real file system: `node toy-process.js OUT`. */
import { runLoop } from '../../src/loop/engine.js';
import { gaussianTask } from '../../src/tasks/gaussian.js';

await runLoop(
  gaussianTask(),
  {
    arms: ['baseline', 'uncorrected', 'placebo', 'corrected', 'selected'],
    regime: 'accumulate',
    generations: 6,
    n: 32,
    evaluationCount: 64,
    seeds: [0],
    noiseRepeats: 2,
  },
  { out: process.argv[2], jobs: 2, onEvent: (event) => console.log(JSON.stringify(event)) },
);
