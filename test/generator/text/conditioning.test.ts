import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitVocabulary, MotionDiffusion } from '../../../src/generator/index.js';

const FRAMES = 4;
const FEATURES = 2;
/** Captions of the same words in different orders, one with another word, and the value that their motions have. */
const MEANING: Record<string, number> = {
  'steps left then right': 1,
  'steps right then left': -1,
  'jumps left then right': 0.3,
};
const CAPTIONS = Object.keys(MEANING);

const config = {
  frames: FRAMES,
  features: FEATURES,
  condition: { kind: 'text' as const, vocabulary: fitVocabulary(CAPTIONS), maxTokens: 6 },
  dModel: 32,
  layers: 2,
  heads: 2,
  ff: 64,
  diffusionSteps: 20,
};

test('a model learns what captions mean, the order of their words too', async () => {
  const model = await MotionDiffusion.create(config, { seed: 1, threads: 1, provider: 'cpu' });
  try {
    const count = 12;
    const conditions = Array.from({ length: count }, (_, i) => CAPTIONS[i % CAPTIONS.length]);
    const features = Float32Array.from(
      { length: count * FRAMES * FEATURES },
      (_, i) => MEANING[conditions[Math.floor(i / (FRAMES * FEATURES))]],
    );
    await model.train({ features, conditions }, { steps: 400, batch: 16, lr: 2e-3, emaDecay: 0.98, clip: 1 });
    const asked = [...CAPTIONS, 'stepping left, then right.'];
    const drawn = await model.sample({ conditions: asked, seed: 2, steps: 20 });
    asked.forEach((caption, i) => {
      const own = drawn.subarray(i * FRAMES * FEATURES, (i + 1) * FRAMES * FEATURES);
      const mean = own.reduce((sum, value) => sum + value / own.length, 0);
      const expected = MEANING[caption] ?? MEANING[CAPTIONS[0]];
      assert.ok(Math.abs(mean - expected) < 0.15, `${caption}: ${mean} for ${expected}`);
    });
    const unknown = model.sample({ conditions: ['hops left'], seed: 2, steps: 20 });
    await unknown.then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /received 'hops'/),
    );
    await model.sample({ conditions: ['hops left'], unknownWords: 'keep', seed: 2, steps: 2 });
  } finally {
    await model.close();
  }
});

test.run();
