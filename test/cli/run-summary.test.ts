import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runSummary } from '../../src/cli/run-summary.js';
import type { Row } from '../../src/loop/index.js';

const row = (seed: number, metrics: Record<string, number>) =>
  ({
    kind: 'generation',
    seed,
    arm: null,
    generation: 0,
    loss: 0,
    metrics,
    trainedOn: { real: 1, synthetic: 0 },
  }) as Row;
const floor = (seed: number) =>
  ({ kind: 'floor', seed, count: 1, metrics: { known: 1 + seed / 10 }, spread: {} }) as Row;

test('a metric that real data do not have is a dash, without an interval of dashes', () => {
  const text = runSummary(
    [0, 1].flatMap((seed) => [floor(seed), row(seed, { known: 2 + seed / 10, own: 3 })]),
  );
  const real = text.split('\n').find((line) => line.startsWith('real data'))!;
  assert.match(real, /1\.05 \[/);
  assert.match(real, /–\s*$/);
  assert.not.match(text, /\[–/);
});

test.run();
