// The bench compares like with like: the same body does the same thing in our engine and in MuJoCo.
import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interleave, pairedRatio } from '../../bench/results.js';
import { ourController, ourEngine } from '../../bench/versus/ours.js';
import { HEIGHT } from '../../bench/versus/scene.js';
import { wasmMujoco } from '../../bench/versus/wasm.js';

test('the body of the bench stands and follows its targets as in MuJoCo', async () => {
  const ours = ourEngine.run(0);
  const theirs = (await wasmMujoco()).run(0);
  assert.ok(ours.height > HEIGHT - 0.02 && ours.height < HEIGHT, `pelvis at ${ours.height} m`);
  assert.ok(Math.abs(ours.height - theirs.height) < 0.001, `${ours.height} m, MuJoCo ${theirs.height} m`);
  // Lanes differ in phase; MuJoCo runs one of them.
  assert.ok(Math.abs(ours.error / theirs.error - 1) < 0.1, `${ours.error} rad, MuJoCo ${theirs.error} rad`);
});

test('operations are counted, those of the controller on top', () => {
  // A body's articulated inertia alone takes some 500 operations to shift; 22 bodies.
  assert.ok(ourEngine.flops > 11_000 && ourEngine.flops < 50_000, `${ourEngine.flops}`);
  assert.ok(ourController.flops > ourEngine.flops + 5_000, `${ourController.flops}`);
});

test('the probe refuses what it cannot time', () => {
  const { probeSteps } = createRequire(import.meta.url)('../../../build/Release/selfcorrect.node');
  const motion = (frames: number) => ({
    root: new Float32Array(frames * 3),
    rotation: new Float32Array(frames * 88).map((_, i) => (i % 4 ? 0 : 1)),
  });
  assert.throws(() => probeSteps([], {}), /Expected references/);
  assert.throws(() => probeSteps([motion(3), motion(4)], {}), /of one length/);
  assert.throws(() => probeSteps([motion(3)], { gains: new Float64Array(3) }), /Expected 44 numbers/);
});

test('rounds interleave, forwards and backwards, and are compared within', async () => {
  const seen: string[] = [];
  const results = await interleave(2, [(round) => seen.push(`a${round}`), (round) => seen.push(`b${round}`)]);
  assert.equal(seen, ['a0', 'b0', 'b1', 'a1']);
  assert.equal(results, [
    [1, 4],
    [2, 3],
  ]);
  assert.is(
    pairedRatio([3, 8, 5], [1, 4, 5], (value) => value),
    2,
  );
});

test.run();
