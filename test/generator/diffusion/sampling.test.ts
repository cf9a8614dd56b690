import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { denoise, parametersOf } from '../../../src/generator/diffusion/denoiser.js';
import { cosineSchedule, samplerSteps } from '../../../src/generator/diffusion/schedule.js';
import { initialise } from '../../../src/generator/training/model.js';
import { Graph } from '../../../src/graph/index.js';
import { Random } from '../../../src/random/random.js';
import { evaluate, floats, integers } from '../../graph/session.js';
import { CLASSES, OPTIONS, rejection, TINY, tinyData, withModel } from '../model.js';

const WIDTH = TINY.frames * TINY.features;
const rowOf = (samples: Float32Array, i: number) => samples.slice(i * WIDTH, (i + 1) * WIDTH);
const largest = (a: Float32Array, b: Float32Array) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

test('the cosine schedule keeps the signal at first and loses it in the end', () => {
  const alphaBar = cosineSchedule(50);
  assert.ok(alphaBar[0] > 0.99 && alphaBar[49] < 1e-3);
  for (let t = 1; t < 50; t++) assert.ok(alphaBar[t] < alphaBar[t - 1]);
  // Away from the clipped end ᾱ_t is cos² by definition.
  const f = (t: number) => Math.cos(((t / 50 + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  assert.ok(Math.abs(alphaBar[24] - f(25) / f(0)) < 1e-12);
});

test('DDIM recovers the clean motion from any noise if the prediction is exact', () => {
  const alphaBar = cosineSchedule(50);
  for (const count of [1, 2, 25, 50]) {
    const steps = samplerSteps(alphaBar, count);
    assert.is(steps.length, count);
    assert.is(steps[0].timestep, 49);
    assert.is(new Set(steps.map(({ timestep }) => timestep)).size, count);
    const clean = 0.7;
    let x = Math.sqrt(alphaBar[49]) * clean + Math.sqrt(1 - alphaBar[49]) * -1.3;
    for (const { timestep, signal, rest } of steps) {
      // x is on the line between the clean value and the one noise at every step.
      assert.ok(
        Math.abs(x - (Math.sqrt(alphaBar[timestep]) * clean - Math.sqrt(1 - alphaBar[timestep]) * 1.3)) <
          1e-9,
      );
      x = signal * clean + rest * x;
    }
    assert.ok(Math.abs(x - clean) < 1e-12);
  }
});

// The network once more, in double precision and plain loops, from the description in mdm.ts.
function reference(
  p: Map<string, Float32Array>,
  x: Float32Array,
  timestep: number,
  label: number,
): number[][] {
  const { frames, features, dModel, heads, layers } = TINY;
  const dense = (name: string, rows: number[][]): number[][] => {
    const [w, b] = [p.get(`${name}.weight`)!, p.get(`${name}.bias`)!];
    return rows.map((row) =>
      Array.from(b, (bias, j) => row.reduce((sum, v, i) => sum + v * w[i * b.length + j], bias)),
    );
  };
  const norm = (name: string, rows: number[][]): number[][] => {
    const [w, b] = [p.get(`${name}.weight`)!, p.get(`${name}.bias`)!];
    return rows.map((row) => {
      const mean = row.reduce((sum, v) => sum + v, 0) / row.length;
      const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / row.length;
      return row.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * w[i] + b[i]);
    });
  };
  const plus = (a: number[][], b: number[][]) => a.map((row, i) => row.map((v, j) => v + b[i][j]));
  const code = (position: number) =>
    Array.from({ length: dModel }, (_, i) => {
      const angle = position * 10000 ** (-(i - (i % 2)) / dModel);
      return i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    });
  // Φ by its series: exact to double precision for the small arguments here.
  const cdf = (z: number) => {
    let [term, sum] = [z, z];
    for (let k = 1; k < 80; k++) sum += term = (term * z * z) / (2 * k + 1);
    return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  };
  const hidden = dense('time1', [code(timestep)]).map((row) => row.map((v) => v / (1 + Math.exp(-v))));
  const table = p.get('class.weight')!;
  const motion = Array.from({ length: frames }, (_, t) => [...x.subarray(t * features, (t + 1) * features)]);
  let h = [
    ...dense('time2', hidden),
    [...table.subarray(label * dModel, (label + 1) * dModel)],
    ...dense('input', motion),
  ];
  h = plus(
    h,
    h.map((_, position) => code(position)),
  );
  const size = dModel / heads;
  for (let layer = 0; layer < layers; layer++) {
    const name = `layers.${layer}`;
    const qkv = dense(`${name}.qkv`, h);
    const mixed = h.map((_, t) => {
      const out: number[] = [];
      for (let head = 0; head < heads; head++) {
        const part = (row: number[], which: number) =>
          row.slice(which * dModel + head * size, which * dModel + (head + 1) * size);
        const query = part(qkv[t], 0);
        const scores = qkv.map(
          (row) => part(row, 1).reduce((sum, v, i) => sum + v * query[i], 0) / Math.sqrt(size),
        );
        const weights = scores.map(Math.exp);
        const total = weights.reduce((sum, v) => sum + v, 0);
        for (let i = 0; i < size; i++)
          out.push(qkv.reduce((sum, row, s) => sum + (weights[s] / total) * part(row, 2)[i], 0));
      }
      return out;
    });
    h = norm(`${name}.norm1`, plus(h, dense(`${name}.out`, mixed)));
    const inner = dense(`${name}.ff1`, h).map((row) => row.map((v) => v * cdf(v)));
    h = norm(`${name}.norm2`, plus(h, dense(`${name}.ff2`, inner)));
  }
  return dense('output', h.slice(2));
}

test('the network is the transformer it is said to be', async () => {
  const p = initialise(parametersOf(TINY), 3);
  for (const [name, data] of p) // norms and biases start as constants: vary them, so that a mix-up shows
    if (new Set(data).size === 1) data.set(new Random(4, name).normals(data).map((v) => 0.5 + 0.2 * v));
  const graph = new Graph();
  const batch = 3;
  const values = Object.fromEntries(
    parametersOf(TINY).map(({ name, shape }) => [name, graph.constant('float32', shape, p.get(name)!)]),
  );
  const x = graph.input('float32', [batch, TINY.frames, TINY.features], 'x');
  const timesteps = graph.input('int64', [batch], 'timesteps');
  const labels = graph.input('int64', [batch], 'labels');
  graph.output(denoise(TINY, values, x, { timesteps, condition: labels }), 'y');
  const data = new Random(5).normals(new Float32Array(batch * WIDTH));
  const conditions = [
    [0, 2],
    [19, 3],
    [7, 0],
  ];
  const feeds = {
    x: floats(data, [batch, TINY.frames, TINY.features]),
    timesteps: integers(
      conditions.map(([t]) => t),
      [batch],
    ),
    labels: integers(
      conditions.map(([, label]) => label),
      [batch],
    ),
  };
  const y = (await evaluate(graph, feeds)).y.data as Float32Array;
  conditions.forEach(([timestep, label], i) => {
    const expected = reference(p, data.subarray(i * WIDTH, (i + 1) * WIDTH), timestep, label).flat();
    assert.ok(largest(rowOf(y, i), Float32Array.from(expected)) < 1e-5);
  });
});

test('a sample depends on seed, index and label, not on how many are drawn beside it', async () => {
  await withModel(async (model) => {
    await model.train(tinyData(), OPTIONS);
    const labels = Int32Array.from({ length: 70 }, (_, i) => i % 2); // 0 and 64, of two batches, are of one class
    const many = await model.sample({ conditions: labels, seed: 4, steps: 5 });
    assert.is(many.length, 70 * WIDTH);
    assert.equal(await model.sample({ conditions: labels, seed: 4, steps: 5 }), many);
    const few = await model.sample({ conditions: labels.subarray(0, 3), seed: 4, steps: 5 });
    assert.ok(largest(few, many.slice(0, 3 * WIDTH)) < 1e-5);
    for (let i = 1; i < 70; i++) assert.ok(largest(rowOf(many, i), rowOf(many, 0)) > 1e-2, `sample ${i}`);

    const otherSeed = await model.sample({ conditions: labels.subarray(0, 3), seed: 5, steps: 5 });
    assert.ok(largest(otherSeed, few) > 1e-2);
    const otherLabel = await model.sample({ conditions: Int32Array.of(1, 1, 2), seed: 4, steps: 5 });
    assert.ok(largest(rowOf(otherLabel, 0), rowOf(few, 0)) > 1e-4);
    assert.equal(rowOf(otherLabel, 1), rowOf(few, 1));
  });
});

test('all noise steps in one run or in several give the same samples', async () => {
  await withModel(async (model) => {
    const seen: number[] = [];
    const labels = Int32Array.of(0, 3);
    await model.sample({ conditions: labels, seed: 1, steps: 10, onProgress: ({ step }) => seen.push(step) });
    assert.equal(seen, [8, 16, 20]);
    const several = await model.sample({ conditions: labels, seed: 1, steps: 10 });
    for (const stepsPerRun of [1, Number.POSITIVE_INFINITY])
      assert.equal(await model.sample({ conditions: labels, seed: 1, steps: 10, stepsPerRun }), several);
    assert.is((await model.sample({ conditions: new Int32Array(0), seed: 1, steps: 10 })).length, 0);
  });
});

test('DDPM is DDIM with η = 1 through all steps: the posterior of Ho et al.', () => {
  const alphaBar = cosineSchedule(20);
  const steps = samplerSteps(alphaBar, 20, 1);
  assert.ok(steps.some(({ sigma }) => sigma > 0.1));
  steps.forEach(({ timestep: t, signal, rest, sigma }) => {
    const [now, before] = [alphaBar[t], t > 0 ? alphaBar[t - 1] : 1];
    const alpha = now / before;
    const beta = 1 - alpha;
    const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `t ${t}: ${a} is not ${b}`);
    close(signal, (Math.sqrt(before) * beta) / (1 - now));
    close(rest, (Math.sqrt(alpha) * (1 - before)) / (1 - now));
    close(sigma, Math.sqrt(((1 - before) / (1 - now)) * beta));
  });
});

test('fresh noise in each step depends on seed, sample and step alone, and comes in addition', async () => {
  await withModel(async (model) => {
    await model.train(tinyData(), OPTIONS);
    const options = { conditions: Int32Array.from({ length: 10 }, () => 1), seed: 3, steps: 20 };
    const ddim = await model.sample(options);
    const ddpm = await model.sample({ ...options, eta: 1 });
    assert.ok(largest(ddim, ddpm) > 1e-2);
    assert.equal(await model.sample({ ...options, eta: 1, stepsPerRun: Number.POSITIVE_INFINITY }), ddpm);
    const few = await model.sample({ ...options, eta: 1, conditions: Int32Array.of(1, 1) });
    assert.ok(largest(few, ddpm.slice(0, 2 * WIDTH)) < 1e-5);
    assert.ok(largest(rowOf(ddpm, 0), rowOf(ddpm, 1)) > 1e-2);
    // Shorter motions get the first part of the same noise.
    const lengths = [6, 3];
    const shorter = await model.sample({ ...options, eta: 1, conditions: Int32Array.of(1, 1), lengths });
    assert.ok(largest(shorter.slice(0, WIDTH), few.slice(0, WIDTH)) < 1e-5);
  });
});

test('a callback sees each step and may hold a part of the motion fixed', async () => {
  await withModel(async (model) => {
    await model.train(tinyData(), OPTIONS);
    const options = { conditions: Int32Array.of(0, 2), seed: 1, steps: 5 };
    const plain = await model.sample(options);
    const timesteps: number[] = [];
    const watched = await model.sample({
      ...options,
      edit: (x, { samples, frames, timestep }) => {
        assert.equal([x.length, [...samples], frames], [2 * WIDTH, [0, 1], TINY.frames]);
        timesteps.push(timestep);
      },
    });
    assert.equal(watched, plain);
    assert.equal(timesteps, [19, 14, 10, 5, 0]);
    const held = await model.sample({ ...options, edit: (x) => void x.fill(0.25, 0, TINY.features) });
    assert.equal(new Set(held.subarray(0, TINY.features)), new Set([0.25]));
    assert.ok(
      largest(rowOf(held, 0).subarray(TINY.features), rowOf(plain, 0).subarray(TINY.features)) > 1e-4,
    );
    assert.equal(rowOf(held, 1), rowOf(plain, 1));
  });
});

test('sampling uses the averaged weights', async () => {
  await withModel(async (model) => {
    const sampling = { conditions: Int32Array.of(0, 1), seed: 1, steps: 4 };
    const start = await model.sample(sampling);
    await model.train(tinyData(), { ...OPTIONS, emaDecay: 1 });
    assert.equal(await model.sample(sampling), start);
    await model.train(tinyData(), { ...OPTIONS, steps: 1, emaDecay: 0 });
    assert.ok(largest(await model.sample(sampling), start) > 1e-3);
  });
});

test('guidance extrapolates from the unconditional to the conditional prediction', async () => {
  await withModel(async (model) => {
    await model.train(tinyData(), OPTIONS);
    // With one step, the sample is the prediction itself.
    const draw = (label: number, guidance?: number) =>
      model.sample({ conditions: Int32Array.of(label), seed: 1, steps: 1, guidance });
    const [conditional, unconditional, guided, none] = [
      await draw(1),
      await draw(CLASSES),
      await draw(1, 2.5),
      await draw(1, 0),
    ];
    const expected = conditional.map((c, i) => unconditional[i] + 2.5 * (c - unconditional[i]));
    assert.ok(largest(guided, expected) < 1e-5);
    assert.ok(largest(none, unconditional) < 1e-5);
    assert.ok(largest(conditional, unconditional) > 1e-3);
  });
});

test('an abort stops sampling between runs', async () => {
  await withModel(async (model) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let calls = 0;
    const onProgress = () => {
      calls++;
      controller.abort(reason);
    };
    const options = {
      conditions: new Int32Array(200),
      seed: 1,
      steps: 20,
      signal: controller.signal,
      onProgress,
    };
    assert.is(await rejection(model.sample(options)), reason);
    assert.is(calls, 1);
  });
});

test('bad arguments are refused by name', async () => {
  await withModel(async (model) => {
    const good = { conditions: Int32Array.of(0), seed: 1, steps: 5 };
    for (const [change, message] of [
      [{ conditions: Int32Array.of(0, 4) }, /integer in 0\.\.3 for conditions\[1\] but received 4/],
      [{ steps: 21 }, /integer in 1\.\.20 for steps but received 21/],
      [{ seed: 0.5 }, /for seed but received 0\.5/],
      [{ guidance: Number.NaN }, /finite number for guidance but received NaN/],
    ] as const)
      assert.match((await rejection(model.sample({ ...good, ...change }))).message, message);
  });
});

test.run();
