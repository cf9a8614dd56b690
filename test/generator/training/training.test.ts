import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MotionDiffusion, type TrainingData } from '../../../src/generator/index.js';
import { fingerprint, OPTIONS, rejection, TINY, tinyData, withModel } from '../model.js';

const DATA = tinyData();
const SAMPLING = { conditions: Int32Array.of(0, 1, 2), seed: 9, steps: 5 };

test('20 steps, save, restore elsewhere and 20 steps are 40 steps, byte for byte', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'selfcorrect-'));
  const path = join(folder, 'model.safetensors');
  const straight = await withModel(async (model) => {
    const { losses } = await model.train(DATA, { ...OPTIONS, steps: 40, warmup: 30 });
    return { losses, state: await fingerprint(model), samples: await model.sample(SAMPLING) };
  });
  const first = await withModel(async (model) => {
    const { losses } = await model.train(DATA, { ...OPTIONS, warmup: 30 });
    await model.save(path);
    return losses;
  });
  await withModel(async (model) => {
    await model.restore(path);
    assert.is(model.step, 20);
    const { losses } = await model.train(DATA, { ...OPTIONS, warmup: 30 });
    assert.equal([...first, ...losses], [...straight.losses]);
    assert.is(await fingerprint(model), straight.state);
    assert.equal(await model.sample(SAMPLING), straight.samples);
  }, 77);
  assert.equal(await readdir(folder), ['model.safetensors']);
  await rm(folder, { recursive: true });
});

test('how many steps one call takes changes nothing', async () => {
  const split = async (...parts: number[]) =>
    withModel(async (model) => {
      for (const steps of parts) await model.train(DATA, { ...OPTIONS, steps });
      return fingerprint(model);
    });
  assert.is(await split(11), await split(1, 1, 9));
});

test('the seed decides, and nothing else does', async () => {
  const trained = (seed: number, start: number) =>
    withModel(async (model) => {
      await model.train(DATA, { ...OPTIONS, steps: 3, seed });
      return fingerprint(model);
    }, start);
  const [a, again, otherDraws, otherStart] = await Promise.all([
    trained(1, 1),
    trained(1, 1),
    trained(2, 1),
    trained(1, 2),
  ]);
  assert.is(a, again);
  assert.is.not(a, otherDraws);
  assert.is.not(a, otherStart);
});

test('motions of weight 0 are never drawn', async () => {
  const weights = new Float32Array(8).fill(0).with(2, 1).with(5, 3);
  const features = DATA.features.slice();
  features.fill(1e30, 0, 2 * 30); // would blow up the loss
  features.fill(1e30, 3 * 30, 5 * 30);
  const run = (data: typeof DATA) =>
    withModel(async (model) => (await model.train({ ...data, weights }, OPTIONS)).losses);
  const losses = await run({ ...DATA, features });
  assert.equal(losses, await run(DATA));
  assert.ok(losses.every((loss) => loss < 100));
});

test('a label that is always dropped has no influence', async () => {
  const trained = (conditionDrop: number, conditions: Int32Array) =>
    withModel(async (model) => {
      await model.train({ ...DATA, conditions }, { ...OPTIONS, steps: 4, conditionDrop });
      return fingerprint(model);
    });
  const zeros = new Int32Array(8);
  assert.is(await trained(1, DATA.conditions), await trained(1, zeros));
  assert.is.not(await trained(0, DATA.conditions), await trained(0, zeros));
});

test('the average follows the weights with the given decay', async () => {
  const part = async (emaDecay: number) =>
    withModel(async (model) => {
      const name = 'output.bias';
      const start = (await model.state()).get(`model.${name}`)!.data as Float32Array;
      await model.train(DATA, { ...OPTIONS, steps: 1, emaDecay });
      const state = await model.state();
      const [end, ema] = ['model', 'ema'].map((kind) => state.get(`${kind}.${name}`)!.data as Float32Array);
      return { start, end, ema };
    });
  const half = await part(0.5);
  half.ema.forEach((value, i) => {
    assert.ok(Math.abs(value - (half.start[i] + half.end[i]) / 2) < 1e-7);
  });
  assert.is.not(half.start[0], half.end[0]);
  const frozen = await part(1);
  assert.equal(frozen.ema, frozen.start);
  const equal = await part(0);
  equal.ema.forEach((value, i) => {
    assert.ok(Math.abs(value - equal.end[i]) < 1e-7);
  });
});

test('warm-up scales the first steps; Adam moves each weight by the learning rate at first', async () => {
  const moved = (warmup: number) =>
    withModel(async (model) => {
      const read = async () => (await model.state()).get('model.output.bias')!.data as Float32Array;
      const before = await read();
      await model.train(DATA, { ...OPTIONS, steps: 1, warmup });
      const after = await read();
      return Math.max(...after.map((value, i) => Math.abs(value - before[i])));
    });
  assert.ok(Math.abs((await moved(0)) - 1e-3) < 2e-6, 'full rate');
  assert.ok(Math.abs((await moved(10)) - 1e-4) < 2e-6, 'a tenth');
});

test('resetting the optimiser forgets its moments and keeps the weights', async () => {
  await withModel(async (model) => {
    await model.train(DATA, OPTIONS);
    const before = await model.state();
    await model.train(DATA, { ...OPTIONS, steps: 1, lr: 0, resetOptimizer: true });
    const after = await model.state();
    assert.equal(after.get('model.output.weight'), before.get('model.output.weight'));
    assert.equal(after.get('optimizer_step')!.data, BigInt64Array.of(1n));
    assert.equal(after.get('step')!.data, BigInt64Array.of(21n));
    // After one step from zero, m = 0.1 g and v = 0.001 g², so v = 0.1 m².
    const [m, v] = ['m', 'v'].map((kind) => after.get(`adam_${kind}.output.bias`)!.data as Float32Array);
    m.forEach((value, i) => {
      assert.ok(Math.abs(v[i] - 0.1 * value ** 2) <= 1e-5 * v[i]);
    });
    // lr 0 leaves m at a tenth of the clipped gradient: all gradients together have norm 1 at most.
    let sum = 0;
    for (const [name, { data }] of after)
      if (name.startsWith('adam_m.')) for (const value of data as Float32Array) sum += (10 * value) ** 2;
    assert.ok(Math.sqrt(sum) < 1 + 1e-4, `norm ${Math.sqrt(sum)}`);
  });
});

test('an abort keeps the steps done, and training goes on from there', async () => {
  const reason = new Error('enough');
  const [aborted, straight] = await Promise.all([
    withModel(async (model) => {
      const controller = new AbortController();
      const options = { ...OPTIONS, steps: 1000, signal: controller.signal };
      const seen: number[] = [];
      const onProgress = ({ step }: { step: number }) => {
        seen.push(step);
        if (step >= 16) controller.abort(reason);
      };
      assert.is(await rejection(model.train(DATA, { ...options, onProgress })), reason);
      assert.equal(seen.slice(0, 2), [8, 16]);
      assert.is(model.step, seen.at(-1));
      assert.ok(model.step <= 32, `stopped at ${model.step}`);
      await model.train(DATA, { ...OPTIONS, steps: 40 - model.step });
      return fingerprint(model);
    }),
    withModel(async (model) => {
      await model.train(DATA, { ...OPTIONS, steps: 40 });
      return fingerprint(model);
    }),
  ]);
  assert.is(aborted, straight);
  await withModel(async (model) => {
    assert.is(await rejection(model.train(DATA, { ...OPTIONS, signal: AbortSignal.abort(reason) })), reason);
    assert.is(await rejection(model.sample({ ...SAMPLING, signal: AbortSignal.abort(reason) })), reason);
    assert.is(await rejection(MotionDiffusion.create(TINY, { signal: AbortSignal.abort(reason) })), reason);
  });
});

test('a callback that throws ends training with its error', async () => {
  await withModel(async (model) => {
    const onProgress = () => {
      throw new Error('from the callback');
    };
    const error = await rejection(model.train(DATA, { ...OPTIONS, steps: 100, onProgress }));
    assert.is(error.message, 'from the callback');
    const { losses } = await model.train(DATA, { ...OPTIONS, steps: 2 });
    assert.is(losses.length, 2);
  });
});

test('a loss that is not finite is an error that names the step, and the model stays as it was before', async () => {
  await withModel(async (model) => {
    await model.train(DATA, { ...OPTIONS, steps: 8 });
    const before = await fingerprint(model);
    const error = await rejection(
      model.train(DATA, { ...OPTIONS, steps: 40, lr: (step) => (step === 20 ? 1e30 : 1e-3) }),
    );
    assert.is(error.code, 'ERR_DIVERGED');
    assert.match(
      error.message,
      /finite training loss and gradient but received .* at step 22; .* after step 16$/,
    );
    assert.is(model.step, 16);
    const after = await fingerprint(model);
    assert.is.not(after, before);
    // The state is that of step 16, from where training goes on as if nothing had happened.
    await model.train(DATA, { ...OPTIONS, steps: 4 });
    const straight = await withModel(async (other) => {
      await other.train(DATA, { ...OPTIONS, steps: 20 });
      return fingerprint(other);
    });
    assert.is(await fingerprint(model), straight);
  });
});

test('bad arguments are refused by name', async () => {
  await withModel(async (model) => {
    const cases: [Partial<typeof OPTIONS>, Partial<TrainingData>, RegExp][] = [
      [{ steps: 0 }, {}, /integer of at least 1 for steps but received 0/],
      [{ batch: 1.5 }, {}, /integer of at least 1 for batch but received 1\.5/],
      [{ lr: Number.NaN }, {}, /for lr but received NaN/],
      [{ emaDecay: 1.1 }, {}, /number in 0\.\.1 for emaDecay but received 1\.1/],
      [{ clip: 0 }, {}, /positive number for clip but received 0/],
      [{ conditionDrop: -1 }, {}, /for conditionDrop but received -1/],
      [{ seed: -1 }, {}, /for seed but received -1/],
      [
        {},
        { conditions: DATA.conditions.with(1, 4) },
        /integer in 0\.\.3 for conditions\[1\] but received 4/,
      ],
      [{}, { conditions: new Int32Array(0) }, /8, one a motion for conditions but received 0/],
      [{}, { features: new Float32Array(9) }, /multiple of 6 x 5 numbers for features but received 9/],
      [{}, { lengths: [6, 6] }, /12 x 5 = 60 numbers for features but received 240/],
      [{}, { lengths: [0, 48] }, /integer of at least 1 for lengths\[0\] but received 0/],
      [{ mirror: true }, {}, /false for features that are not 263 for mirror but received true/],
      [{ geometric: { foot: 1 } }, {}, /nothing for features that are not 263 for geometric/],
      [{ lr: (step) => -step }, {}, /for lr\(1\) but received -1/],
      [
        {},
        { features: DATA.features.with(7, Number.NaN) },
        /finite number for features\[7\] but received NaN/,
      ],
      [{}, { weights: new Float32Array(3) }, /8 numbers for weights but received 3/],
      [{}, { weights: new Float32Array(8) }, /positive sum for weights but received 0/],
      [{}, { weights: new Float32Array(8).fill(-1) }, /for weights\[0\] but received -1/],
    ];
    for (const [options, data, message] of cases) {
      const error = await rejection(model.train({ ...DATA, ...data }, { ...OPTIONS, ...options }));
      assert.match(error.message, message);
      assert.is(error.code, 'ERR_ARGUMENT');
    }
    assert.is(model.step, 0);
  });
  for (const [change, message] of [
    [{ dModel: 15 }, /even multiple of 2 heads for dModel but received 15/],
    [{ heads: 3 }, /even multiple of 3 heads for dModel but received 16/],
    [{ layers: 0 }, /for layers but received 0/],
    [{ diffusionSteps: 1 }, /for diffusionSteps but received 1/],
  ] as const)
    assert.match((await rejection(MotionDiffusion.create({ ...TINY, ...change }))).message, message);
});

test('a checkpoint that does not fit changes nothing', async () => {
  await withModel(async (model) => {
    const before = await fingerprint(model);
    const good = await model.state();
    const broken: [(state: typeof good) => void, RegExp][] = [
      [(state) => state.delete('ema.input.bias'), /float32 \[16\] for ema\.input\.bias but received none/],
      [
        (state) => state.set('model.input.bias', { shape: [15], data: new Float32Array(15) }),
        /received Float32Array \[15\]/,
      ],
      [
        (state) => state.set('model.input.bias', { shape: [16], data: new Float64Array(16) }),
        /received Float64Array \[16\]/,
      ],
      [(state) => state.delete('step'), /one int64 of at least 0 for step but received none/],
      [
        (state) => state.set('more', { shape: [1], data: new Float32Array(1) }),
        /no tensor for more but received one/,
      ],
    ];
    for (const [change, message] of broken) {
      const state = new Map(good);
      change(state);
      const error = await rejection(model.load(state));
      assert.is(error.code, 'ERR_CHECKPOINT');
      assert.match(error.message, message);
    }
    assert.is(await fingerprint(model), before);
    const folder = await mkdtemp(join(tmpdir(), 'selfcorrect-'));
    const path = join(folder, 'model.safetensors');
    await model.save(path);
    const other = await MotionDiffusion.create({ ...TINY, heads: 4 });
    assert.match(
      (await rejection(other.restore(path))).message,
      /Expected a model of .*"heads":4.* but received .*"heads":2/,
    );
    await other.close();
    await rm(folder, { recursive: true });
  });
});

test.run();
