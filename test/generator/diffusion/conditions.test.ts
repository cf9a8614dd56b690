// Every kind of condition decides what is sampled, and what it may not be is refused.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ConditionConfig,
  type Conditions,
  fitVocabulary,
  MotionDiffusion,
} from '../../../src/generator/index.js';
import { OPTIONS, rejection, TINY } from '../model.js';

const WIDTH = TINY.frames * TINY.features;
/** Two motions: all +1 and all -1. */
const features = Float32Array.from({ length: 2 * WIDTH }, (_, i) => (i < WIDTH ? 1 : -1));
const TRAIN = { ...OPTIONS, steps: 200, lr: 5e-3, batch: 8 };
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function trained<T>(
  condition: ConditionConfig,
  conditions: Conditions | undefined,
  body: (model: MotionDiffusion) => Promise<T>,
): Promise<T> {
  const model = await MotionDiffusion.create({ ...TINY, condition }, { seed: 2 });
  try {
    await model.train({ features, conditions }, TRAIN);
    return await body(model);
  } finally {
    await model.close();
  }
}

/** Mean of one sample of each condition. */
async function means(model: MotionDiffusion, conditions: Conditions, count: number): Promise<number[]> {
  const samples = await model.sample({ conditions, seed: 5, steps: 10 });
  return Array.from({ length: count }, (_, i) => mean(samples.subarray(i * WIDTH, (i + 1) * WIDTH)));
}

test('texts', async () => {
  const captions = ['a person walks up', 'a person walks down'];
  const condition = { kind: 'text', vocabulary: fitVocabulary(captions), maxTokens: 6 } as const;
  await trained(condition, captions, async (model) => {
    const [up, down, both] = await means(model, ['a person walks up', 'A person walks DOWN!', 'up'], 3);
    assert.ok(up > 0.9 && down < -0.9 && both > 0.5, `${up} ${down} ${both}`);
    const error = await rejection(model.sample({ conditions: ['a person jumps'] }));
    assert.match(
      error.message,
      /Expected words of the model's .* for the text 'a person jumps' but received 'jumps'/,
    );
    await model.sample({ conditions: ['a person jumps'], unknownWords: 'keep', steps: 1 });
  });
});

test('names and numbers of actions', async () => {
  await trained({ kind: 'action', classes: ['up', 'down'] }, ['up', 'down'], async (model) => {
    const [up, down] = await means(model, ['up', 'down'], 2);
    assert.ok(up > 0.9 && down < -0.9, `${up} ${down}`);
    assert.equal(await means(model, Int32Array.of(0, 1), 2), [up, down]);
    assert.match(
      (await rejection(model.sample({ conditions: ['left'] }))).message,
      /one of up, down for conditions\[0\] but received left/,
    );
  });
});

test('embeddings', async () => {
  const conditions = Float32Array.of(1, 0, 0.5, 0, 1, 0.5);
  await trained({ kind: 'embedding', size: 3 }, conditions, async (model) => {
    const [down, up] = await means(model, Float32Array.of(0, 1, 0.5, 1, 0, 0.5), 2);
    assert.ok(up > 0.9 && down < -0.9, `${up} ${down}`);
    assert.match((await rejection(model.sample({ conditions: Float32Array.of(1, 2) }))).message, /count/);
  });
});

test('no condition', async () => {
  await trained({ kind: 'none' }, undefined, async (model) => {
    const samples = await model.sample({ count: 24, seed: 1, steps: 10 });
    assert.is(samples.length, 24 * WIDTH);
    const signs = Array.from({ length: 24 }, (_, i) =>
      Math.sign(mean(samples.subarray(i * WIDTH, (i + 1) * WIDTH))),
    );
    assert.equal([...new Set(signs)].sort(), [-1, 1]);
    assert.match(
      (await rejection(model.sample({ conditions: ['x'] }))).message,
      /nothing, as the model has none,/,
    );
    assert.match(
      (await rejection(model.sample({}))).message,
      /a number of samples for count but received undefined/,
    );
  });
});

test('bad conditions of a configuration are refused by name', async () => {
  for (const [condition, message] of [
    [{ kind: 'action', classes: [] }, /one class or more for condition\.classes/],
    [{ kind: 'action', classes: ['a', 'a'] }, /different names for condition\.classes/],
    [{ kind: 'text', vocabulary: ['a'], maxTokens: 4 }, /for condition\.vocabulary/],
    [{ kind: 'embedding', size: 0 }, /for condition\.size but received 0/],
    [{ kind: 'music' } as never, /none, action, text or embedding for condition\.kind but received music/],
  ] as [ConditionConfig, RegExp][]) {
    const error = await rejection(MotionDiffusion.create({ ...TINY, condition }));
    assert.match(error.message, message);
    assert.is(error.code, 'ERR_ARGUMENT');
  }
});

test.run();
