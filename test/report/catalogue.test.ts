import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { orderArms } from '../../src/report/catalogue.js';

test('known arms keep their colours, others take those that nobody has', () => {
  const arms = orderArms([
    'corrected@gamma=1',
    'uncorrected',
    'baseline',
    'corrected@gamma=2',
    'corrected@gamma=5',
  ]);
  assert.equal(arms.slice(0, 2), [
    { arm: 'baseline', colour: 0 },
    { arm: 'uncorrected', colour: 1 },
  ]);
  assert.is(new Set(arms.map(({ colour }) => colour)).size, 5);
  const many = orderArms(['baseline', ...Array.from({ length: 7 }, (_, i) => `corrected@gamma=${i}`)]);
  assert.is(new Set(many.map(({ colour }) => colour)).size, 8);
});

test.run();
