import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { corrects, orderArms } from '../../src/report/catalogue.js';

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

test('which arms correct: by their kind, or by a corrector behind their name', () => {
  for (const arm of ['corrected', 'restored', 'corrected@gamma=1', 'extrapolated@corrector=corrected'])
    assert.ok(corrects(arm), arm);
  for (const arm of ['uncorrected', 'extrapolated', 'extrapolated@extrapolation=0.3', 'unknown'])
    assert.not.ok(corrects(arm), arm);
});

test.run();
