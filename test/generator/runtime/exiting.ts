// A program that ends while its model is at work, in the way its argument says. Run as a process of its own.
import { MotionDiffusion } from '../../../src/generator/index.js';
import { OPTIONS } from '../model.js';
import { SLOW, slowData } from './slow.js';

const [way] = process.argv.slice(2);
const models = await Promise.all([MotionDiffusion.create(SLOW), MotionDiffusion.create(SLOW, { seed: 1 })]);
if (way === 'forget') {
  // Neither closed nor in use: the process must end by itself.
  await models[0].train(slowData(), { ...OPTIONS, steps: 2 });
  console.log('trained');
} else {
  const busy = models.map((model) => model.train(slowData(), { ...OPTIONS, steps: 10_000, batch: 16 }));
  setTimeout(() => {
    console.log('leaving');
    if (way === 'exit') process.exit(3);
    if (way === 'throw') throw new Error('thrown on purpose');
  }, 700);
  await Promise.all(busy);
}
