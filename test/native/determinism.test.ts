/**
 * The same bytes for every number of threads, batch size, order of the batch, width of the lanes and processor. The result
 * of a motion is its joints, its contact labels and its report, to the last bit.
 */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { native } from '../../src/correct/native.js';
import { correctBatch } from '../../src/index.js';
import { Random } from '../../src/random/random.js';
import { digests, inputsOf, JOBS, motions, together } from './determinism-run.js';

/**
 * What the corrector makes of the built-in motions, per job, and the motions themselves. These change whenever a result does
 * by a bit, so update them (the test prints what it found) together with a change that means to:
 *   - a constant, a gain, a limit, the ladder, a threshold or a measure of the report;
 *   - the order of floating-point operations in native/, or a formula replaced by an equal one;
 *   - a new number or name in CorrectionReport;
 *   - `inputs`: the built-in motions (src/data/procedural), or a JavaScript engine with another Math.sin.
 * Where nothing of the kind changed, a difference is a defect: uninitialised memory, a race, or a compiler that rounds
 * otherwise (contraction, SLP: CMakeLists.txt).
 */
const GOLDEN: Record<string, string> = {
  inputs: '5b9d8888df40b9a5',
  clip: '3c98ab70adacbf34',
  loop: '7e5c441a5c3a8a58',
  ladder: '5e5ec00e8bbfa356',
  sampling: '6169bf2aa3da89dc',
};

const LARGEST = 100;
const ISAS = ['avx512', 'avx512x4', 'avx2', 'sse4', 'scalar'];
const run = fileURLToPath(new URL('determinism-run.js', import.meta.url));
const { isa: chosen, isas } = native().info();
const reference: Record<string, string[]> = {};
for (const job of Object.keys(JOBS))
  reference[job] = await digests(inputsOf(job), { ...JOBS[job], threads: 1 });

async function inProcess(env: Record<string, string>): Promise<Record<string, string[]>> {
  const { stdout } = await promisify(execFile)(process.execPath, [run], { env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

function same(found: string[], expected: string[], what: string): void {
  assert.is(found.length, expected.length);
  const other = found.flatMap((digest, i) => (digest === expected[i] ? [] : [i]));
  assert.is(other.length, 0, `${what}: other bytes for motions ${other.join(', ')}`);
}

test('the jobs climb the ladder, sample, and leave valid motions alone', async () => {
  assert.is(motions.length, LARGEST);
  const seen = async (job: string) => (await correctBatch(inputsOf(job), JOBS[job])).reports;
  assert.ok(new Set((await seen('ladder')).map(({ rung }) => rung)).size > 1, 'more than one rung');
  assert.ok(
    (await seen('sampling')).some(({ sampled }) => sampled),
    'some are sampled',
  );
  assert.ok(
    (await seen('loop')).some(({ kept }) => kept === 'valid'),
    'some are valid',
  );
});

for (const job of Object.keys(JOBS)) {
  test(`${job}: any number of threads`, async () => {
    for (const threads of [1, 2, 3, 8])
      same(await digests(inputsOf(job), { ...JOBS[job], threads }), reference[job], `${threads} threads`);
  });

  test(`${job}: batches of any size`, async () => {
    const inputs = inputsOf(job);
    for (const size of [1, 7, 16, 17, LARGEST]) {
      const found: string[] = [];
      for (let i = 0; i < inputs.length; i += size)
        found.push(...(await digests(inputs.slice(i, i + size), JOBS[job])));
      same(found, reference[job], `batches of ${size}`);
    }
  });

  test(`${job}: any order`, async () => {
    const inputs = inputsOf(job);
    for (const seed of [1, 2, 3]) {
      const order = [...new Random(seed).permutation(inputs.length)];
      const found = await digests(
        order.map((i) => inputs[i]),
        JOBS[job],
      );
      same(
        found,
        order.map((i) => reference[job][i]),
        `order ${seed}`,
      );
    }
  });
}

for (const isa of ISAS) {
  if (!isas.includes(isa)) {
    console.log(`note: this processor has no ${isa}; its lanes are not compared, its refusal is`);
    test(`${isa} is refused by name`, async () => {
      const failure = await inProcess({ SELFCORRECT_ISA: isa }).catch((error) => error);
      assert.match(String(failure.stderr), /ERR_NATIVE/);
      assert.match(String(failure.stderr), `received ${isa}.`);
    });
    continue;
  }
  test(`lanes of ${isa}: the same bytes as those of ${chosen}`, async () => {
    const found = await inProcess({ SELFCORRECT_ISA: isa });
    for (const job of Object.keys(JOBS)) same(found[job], reference[job], `${isa}, ${job}`);
  });
}

test('an unknown instruction set is refused with the known ones', async () => {
  const failure = await inProcess({ SELFCORRECT_ISA: 'mmx' }).catch((error) => error);
  assert.match(String(failure.stderr), /ERR_NATIVE/);
  assert.match(String(failure.stderr), /Expected one of .* for SELFCORRECT_ISA but received mmx\./);
});

test('golden digests', () => {
  const inputs = motions.map(({ joints }) =>
    createHash('sha256').update(new Uint8Array(joints.buffer)).digest('hex'),
  );
  const found = Object.fromEntries(
    Object.entries({ inputs, ...reference }).map(([name, list]) => [name, together(list)]),
  );
  console.log(JSON.stringify(found));
  assert.equal(found, GOLDEN);
});

// The linker keeps one copy of an inline function that several files define. Code compiled for AVX-512 under a name that
// other code shares could be that copy, and would stop an older processor.
test('what is compiled for an instruction set shares no name with other code', () => {
  const build = fileURLToPath(new URL('../../../build/', import.meta.url));
  const objects = readdirSync(build, { recursive: true })
    .map(String)
    .filter((path) => !path.startsWith('test/')) // builds with sanitizers define names of theirs
    .filter((path) => /kernels_\w+\.dir.*\.o(bj)?$/.test(path));
  if (objects.length === 0 || !haveNm()) {
    console.log('note: no object files or no nm; the names of the kernels are not checked');
    return;
  }
  for (const path of objects) {
    const isa = path.match(/kernels_(\w+)\.dir/)?.[1] ?? '';
    const names = execFileSync('nm', ['-g', '--defined-only', `${build}${path}`], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.split(' ').at(-1) ?? '')
      .filter((name) => name !== '' && !name.includes('__gxx_personality'));
    assert.ok(names.length > 0, `${path} defines something`);
    for (const name of names)
      assert.ok(name.includes(`11selfcorrect${isa.length}${isa}`), `${path} defines ${name}`);
  }
});

function haveNm(): boolean {
  try {
    execFileSync('nm', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.run();
