import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoopConfig } from '../../src/loop/config.js';
import { runLoop } from '../../src/loop/engine.js';
import type { GenerationRow } from '../../src/loop/layout.js';
import type { GenerationProvenance } from '../../src/loop/provenance.js';
import { MemoryFs } from './memory-fs.js';
import { type Call, numberTask } from './number-task.js';

/** Real samples 0, 1, 2, 3: generation 0 is the mean 1.5, a draw of four 1.5, 2.5, 3.5, 4.5. */
const base: Partial<LoopConfig> = {
  n: 4,
  generations: 1,
  stepsGen0: 100,
  stepsPerGeneration: 10,
  evaluationCount: 2,
};

async function run(arm: string, more: Partial<LoopConfig> = {}) {
  const fs = new MemoryFs();
  const calls: Call[] = [];
  const rows = await runLoop(numberTask(calls), { ...base, ...more, arms: [arm] }, { out: 'out', fs });
  const generations = rows.filter(
    (row): row is GenerationRow => row.kind === 'generation' && row.arm === arm,
  );
  const own = calls.filter(
    (call) => call.call !== 'train' || call.data.some((value) => ![0, 1, 2, 3].includes(value)),
  );
  const provenance = async (generation = 1): Promise<GenerationProvenance> => {
    const id = `seed-0/${arm}/gen-000${generation}`;
    const text = Buffer.from((await fs.read(`out/${id}/provenance.json`))!).toString();
    return JSON.parse(text).generations.find((one: GenerationProvenance) => one.generation === generation);
  };
  return { rows, generations, calls: own, provenance, fs };
}
const refused = async (arm: string, more: Partial<LoopConfig>, pattern: RegExp): Promise<void> => {
  try {
    await run(arm, more);
  } catch (error) {
    assert.match((error as Error).message, pattern);
    return;
  }
  assert.unreachable(`${arm} ${JSON.stringify(more)} must be refused`);
};

test('uncorrected, and the baseline beside it without being asked for', async () => {
  const { rows, generations, calls, provenance } = await run('uncorrected');
  assert.equal(calls[0].data, [0, 1, 2, 3, 1.5, 2.5, 3.5, 4.5]);
  assert.equal(generations[0].trainedOn, { real: 4, synthetic: 4 });
  const baseline = rows.find((row) => row.kind === 'generation' && row.arm === 'baseline') as GenerationRow;
  assert.equal([baseline.metrics.mean, baseline.trainedOn], [1.5, { real: 4, synthetic: 0 }]);
  const { model, samples } = (await provenance()) as Required<GenerationProvenance>;
  assert.is(samples.count, 4);
  assert.equal(samples.item, [0, 1, 2, 3]);
  assert.match(model, /^[0-9a-f]{64}$/);
  assert.not.equal(model, samples.drawnFrom);
});

test('regimes with pieces: thin, fresh, keep, subsample', async () => {
  const last = async (regime: LoopConfig['regime'], generations = 2): Promise<number[]> =>
    (await run('uncorrected', { regime, generations, keep: 0.5 })).calls.at(-1)!.data;
  const thin = await last('thin');
  assert.is(thin.length, 4 + 2 + 4);
  assert.equal(thin.slice(4, 6), [1.5, 2.5], 'the first half of generation 1');
  assert.equal((await last('fresh')).slice(0, 4), [2000, 2001, 2002, 2003]);
  assert.is((await last('keep')).length, 2 + 4);
  const subsample = await run('uncorrected', { regime: 'subsample', generations: 3 });
  assert.equal(
    subsample.generations.map(({ trainedOn }) => trainedOn!.real + trainedOn!.synthetic),
    [4, 4, 4],
  );
});

test('best of K: of the candidates of each item the one of highest reward', async () => {
  // Candidates 1.5 ... 12.5; item i has i, i + 4, i + 8; `least` prefers the first.
  const { calls, generations, provenance } = await run('best', { regime: 'replace', candidates: 3 });
  assert.equal(calls[0].data, [1.5, 2.5, 3.5, 4.5]);
  assert.is(generations[0].selection?.candidates, 12);
  assert.is(generations[0].selection?.reward, -7);
  assert.is(generations[0].selection?.chosenReward, -3);
  assert.equal((await provenance()).samples?.draw, [0, 1, 2, 3]);
});

test('gates: what the corrector failed on and what scores too low is left out, with a record of it', async () => {
  const wide = { regime: 'replace' as const, lambda: 50 }; // 200 samples: 1.5 ... 200.5, halved; 99 up to 99.5 + .. <= 100 pass
  const success = await run('gated', wide);
  const passed = Array.from({ length: 200 }, (_, i) => 1.5 + i).filter((value) => value <= 100);
  assert.equal(
    success.calls[0].data,
    passed.map((value) => value / 2),
  );
  assert.is(success.generations[0].selection?.kept, passed.length);
  assert.is(success.generations[0].trainedOn?.synthetic, passed.length);
  const samples = (await success.provenance()).samples!;
  assert.is(samples.corrector, 'halve');
  assert.is((samples.kept as number[]).filter(Boolean).length, passed.length);
  assert.is((samples.status as string[])[199], 'failed');
  assert.is((samples.rung as number[])[60], 1);
  assert.is((samples.scores!.moved as number[])[0], 0.75);
  const scored = await run('gated', { ...wide, minimumReward: -10 });
  assert.equal(
    scored.calls[0].data,
    passed.map((value) => value / 2).filter((value) => value <= 10),
  );
  await refused(
    'gated',
    { ...wide, minimumReward: 5 },
    /a sample to train gated on in generation 1 but received none: none passed its gate/,
  );
  const none = await run('gated', { ...wide, regime: 'augment', minimumReward: 5 });
  assert.equal(none.generations[0].trainedOn, { real: 4, synthetic: 0 }, 'the real ones are left');
});

test('gamma: the corrected ones are halved, the others stay; provenance says which', async () => {
  const { calls, provenance } = await run('corrected', { regime: 'replace', lambda: 10, gamma: 1 });
  const samples = (await provenance()).samples!;
  const corrected = samples.corrected as number[];
  assert.ok(corrected.includes(0) && corrected.includes(1));
  calls[0].data.forEach((value, i) => assert.is(value, (1.5 + i) / (corrected[i] ? 2 : 1)));
  assert.equal(
    (samples.status as (string | null)[]).map((status) => (status === null ? 0 : 1)),
    corrected,
  );
});

test('weights of the loss, truncation: handed to the generator', async () => {
  const { calls, generations } = await run('uncorrected', { realWeight: 0.75 });
  assert.equal([...calls[0].weights!], [1.5, 1.5, 1.5, 1.5, 0.5, 0.5, 0.5, 0.5]);
  assert.is(generations[0].metrics.mean, 0.75 * 1.5 + 0.25 * 3);
  const golden = await run('uncorrected', { realWeight: 'golden' });
  assert.ok(Math.abs(golden.calls[0].weights![0] / 2 - 0.6180339887) < 1e-9);
  assert.is((await run('uncorrected')).calls[0].weights, undefined);
  assert.is((await run('truncated', { truncation: 0.6 })).calls[0].truncation, 0.6);
});

test('extrapolation: away from the copy trained on the synthetic samples alone', async () => {
  const { calls, generations } = await run('extrapolated', { extrapolation: 0.5 });
  const [train, extrapolate] = calls;
  assert.is(train.data.length, 8);
  assert.equal(extrapolate.data, [1.5, 2.5, 3.5, 4.5]);
  assert.is(extrapolate.weight, 0.5);
  assert.is(extrapolate.steps, 10);
  assert.not.equal(extrapolate.seed, train.seed);
  const mean = (1.5 + 3) / 2;
  assert.is(generations[0].metrics.mean, mean - 0.5 * (3 - mean));
});

test('extrapolation with a corrector: towards the corrected samples, away from the samples as they were drawn', async () => {
  const arm = 'extrapolated@corrector=halve';
  const { calls, generations, provenance } = await run(arm, { extrapolation: 0.5 });
  const [train, extrapolate] = calls;
  const halves = [0.75, 1.25, 1.75, 2.25];
  assert.equal(train.data, [0, 1, 2, 3, ...halves]);
  assert.equal(extrapolate.data, [1.5, 2.5, 3.5, 4.5]);
  const mean = (1.5 + 1.5) / 2;
  assert.is(generations[0].metrics.mean, mean - 0.5 * (3 - mean));
  assert.is((await provenance()).samples?.corrector, 'halve');
  assert.ok(generations[0].correction);
  await refused(
    'uncorrected@corrector=halve',
    {},
    /an arm with the configured corrector, or one that extrapolates/,
  );
  await refused('extrapolated@corrector=none', {}, /a corrector "none"/);
});

test('negative guidance: the next generation is drawn away from the twin', async () => {
  const { calls } = await run('guided', { generations: 2, regime: 'replace' });
  // Generation 1 has mean and twin 3 (replace), so nothing to flee; under augment the mean is 2.25, the twin 3.
  assert.equal(calls.at(-1)!.data, [3, 4, 5, 6]);
  const augment = await run('guided', { generations: 2 });
  assert.is(augment.calls.at(-1)!.data[0], 2.25 + 10 * (2.25 - 3));
});

test('from scratch: untrained weights and the budget of generation 0 each time; fine-tuning keeps or resets the optimiser', async () => {
  const scratch = await run('uncorrected', { training: 'scratch', generations: 2 });
  assert.equal(
    scratch.calls.map(({ steps, initial }) => [steps, initial]),
    [
      [100, true],
      [100, true],
    ],
  );
  assert.is(new Set(scratch.generations.map(({ metrics }) => metrics.initial)).size, 2);
  const ages = async (more: Partial<LoopConfig>): Promise<number[]> =>
    (await run('uncorrected', { generations: 2, ...more })).generations.map(({ metrics }) => metrics.age);
  assert.equal(await ages({}), [10, 10]);
  assert.equal(await ages({ optimizer: 'keep' }), [110, 120]);
});

test('settings of an arm: two arms of a kind in one run, from one generation 0', async () => {
  const rows = await runLoop(
    numberTask(),
    { ...base, arms: ['uncorrected', 'uncorrected@regime=replace', 'uncorrected@lambda=2'] },
    { out: 'out', fs: new MemoryFs() },
  );
  const trained = rows.flatMap((row) =>
    row.kind === 'generation' && row.arm !== null ? [[row.arm, row.trainedOn]] : [],
  );
  assert.equal(trained, [
    ['baseline', { real: 4, synthetic: 0 }],
    ['uncorrected', { real: 4, synthetic: 4 }],
    ['uncorrected@regime=replace', { real: 0, synthetic: 4 }],
    ['uncorrected@lambda=2', { real: 4, synthetic: 8 }],
  ]);
});

test('what a task cannot do is refused by name before any work', async () => {
  const cannot = async (arm: string, more: Partial<LoopConfig>, pattern: RegExp): Promise<void> => {
    const fs = new MemoryFs();
    try {
      await runLoop(
        { ...numberTask(), abilities: {} },
        { ...base, ...more, arms: [arm] },
        { out: 'out', fs },
      );
    } catch (error) {
      assert.match((error as Error).message, pattern);
      assert.is(fs.snapshot().size, 0);
      return;
    }
    assert.unreachable(arm);
  };
  await cannot(
    'corrected',
    {},
    /Expected a task with a corrector for the arm corrected but received numbers/,
  );
  await cannot('corrected', { corrector: 'x' }, /a corrector "x" \(it has none\)/);
  await cannot('selected', {}, /a corrector/);
  await cannot('best', {}, /a reward for the arm best/);
  await cannot('extrapolated', {}, /weights that can be extrapolated for the arm extrapolated/);
  await cannot('guided', {}, /negative guidance/);
  await cannot('truncated', {}, /a loss that can be truncated/);
  await cannot('uncorrected', { regime: 'fresh' }, /new real samples for the regime fresh/);
  await cannot('uncorrected', { optimizer: 'keep' }, /an optimiser that can be kept for optimizer keep/);
  await cannot(
    'uncorrected',
    { realWeight: 'golden' },
    /weights of samples in its loss for realWeight golden/,
  );
  await cannot('chosen', {}, /a selector for the arm chosen but received numbers/);
  await cannot('dispersed', {}, /samples that can be dispersed for the arm dispersed/);
  await cannot('cleaned', {}, /a corrector "cleaned" \(it has none\)/);
  await refused(
    'corrected@corrector=none',
    {},
    /a corrector "none" \(it has halve, placebo, cleaned, restored\)/,
  );
  await refused(
    'corrected@candidates=8',
    {},
    /Expected an arm that selects for the setting candidates but received corrected@candidates=8/,
  );
  await refused('chosen@selectAfter=correction', {}, /an arm that selects and corrects for the setting/);
  await refused(
    'restored@corrector=halve',
    {},
    /an arm with the configured corrector, or one that extrapolates for the setting/,
  );
  await refused('baseline@dispersion=0.2', {}, /an arm with synthetic samples for the setting dispersion/);
  await refused('selected@selectAfter=training', {}, /one of sampling, correction for selectAfter/);
});

test('checkpoints every k generations: the same rows, fewer folders, and a longer run goes on to what a straight one gives', async () => {
  for (const regime of ['augment', 'accumulate'] as const) {
    const rowsOf = async (checkpointEvery: number): Promise<GenerationRow[]> => {
      const { rows } = await run('corrected', { generations: 7, checkpointEvery, regime });
      const own = rows.filter((row): row is GenerationRow => row.kind === 'generation');
      return own.sort((a, b) => String(a.arm).localeCompare(String(b.arm)) || a.generation - b.generation);
    };
    assert.equal(await rowsOf(3), await rowsOf(1));
    const go = (fs: MemoryFs, generations: number) =>
      runLoop(
        numberTask(),
        { ...base, regime, generations, checkpointEvery: 3, arms: ['corrected'] },
        { out: 'out', fs },
      );
    const grown = new MemoryFs();
    await go(grown, 4);
    await go(grown, 8);
    const straight = new MemoryFs();
    await go(straight, 8);
    const files = (fs: MemoryFs) => [...fs.snapshot()].filter(([path]) => !path.endsWith('costs.jsonl'));
    assert.equal(files(grown), files(straight));
    assert.is(files(straight).filter(([path]) => path.endsWith('manifest.json')).length, 1 + 2 * 3);
  }
});

test.run();
