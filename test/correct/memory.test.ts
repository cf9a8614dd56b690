/** Memory beyond inputs and results: none that grows with the batch, none that stays after a call. */
import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const MEMORY = JSON.stringify(new URL('../../bench/memory.js', import.meta.url).href);
const INDEX = JSON.stringify(new URL('../../src/index.js', import.meta.url).href);
const MOTIONS = JSON.stringify(new URL('../support/motions.js', import.meta.url).href);

function printed(code: string, env: NodeJS.ProcessEnv = {}): number[] {
  const out = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', code], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return out.trim().split(/\s+/).map(Number);
}

if (process.platform !== 'linux')
  console.log('note: the system does not tell the peak of memory: nothing is tested');
else {
  const FEW = 500;
  const MANY = 4500;
  const FRAMES = 40;
  const JOINTS = FRAMES * 264; // bytes of a motion
  const peakOf = (count: number, ours = true) =>
    printed(`
      import { peak } from ${MEMORY};
      console.log(await peak(${count}, ${FRAMES}, ${ours}));
    `)[0];

  test('the peak does not grow with the batch beyond a report and a few addresses for each motion', () => {
    const [few, many, copied] = [peakOf(FEW), peakOf(MANY), peakOf(MANY, false)];
    const growth = (many - few) / (MANY - FEW);
    const seen = (copied - few) / (MANY - FEW);
    console.log(`${(few / 2 ** 20).toFixed(1)} MiB, and ${growth.toFixed(0)} bytes for each motion`);
    assert.ok(growth < 2000, `${growth} bytes for each motion`);
    assert.ok(few < 2 ** 26 && many < 2 ** 26, `${many} bytes`);
    assert.ok(seen > 0.8 * JOINTS, `the measure does not see a copy of every motion: ${seen} bytes each`);
  });

  test('after 1,000 calls of every kind no memory is left', () => {
    const [before, after, leaked] = printed(
      `
      import { correct, correctBatch } from ${INDEX};
      import { waving } from ${MOTIONS};
      const inputs = Array.from({ length: 16 }, (_, i) => ({ joints: waving(20, i) }));
      const packed = { joints: waving(320), lengths: new Int32Array(16).fill(20) };
      const bad = [{ joints: new Float32Array(100) }, { joints: new Float32Array(16_000).fill(NaN) }];
      const ignore = () => {};
      const kinds = [
        () => correctBatch(inputs),
        () => correctBatch(packed),
        () => correctBatch(packed, { out: new Float32Array(320 * 66) }),
        () => correctBatch(bad),
        () => correctBatch([3]).catch(ignore),
        () => correctBatch(inputs, { output: 'rotations', onProgress: ignore }),
        () => correctBatch(inputs, { signal: AbortSignal.timeout(1) }).catch(ignore),
        async () => { for await (const _ of correct(inputs, { window: 4 })) break; },
      ];
      const kept = [];
      async function calls(count) {
        for (let i = 0; i < count; i++) {
          const result = await kinds[i % kinds.length]();
          void [result?.motions, result?.reports, result?.summary];
        }
        return rss();
      }
      async function rss() {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 50));
        gc();
        return process.memoryUsage().rss;
      }
      await calls(800); // the compiler and the allocator settle
      console.log(await calls(100), await calls(1000));
      for (let i = 0; i < 1000; i++) kept.push(new Float32Array(16 * 20 * 66).fill(1));
      console.log(await rss());
    `,
      { MALLOC_ARENA_MAX: '1' }, // what the C library keeps for each thread is not ours
    );
    const growth = after - before;
    console.log(`${(growth / 2 ** 20).toFixed(1)} MiB more after 1,000 calls`);
    assert.ok(growth < 2 ** 23, `${growth} bytes more`);
    assert.ok(leaked - after > 2 ** 23, 'the measure does not see an array left by each call');
  });
}

test.run();
