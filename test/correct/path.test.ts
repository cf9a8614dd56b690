// The path of the pelvis: kept, or rid of the slides of its standing feet.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CorrectOptions, correctBatch, proceduralMotions } from '../../src/index.js';

const SLIDE = 1.2;
/** Walks whose pelvis goes a fifth too far, so that their feet slide. */
const walks = proceduralMotions({ count: 64, seed: 4 })
  .filter(({ action }) => action === 'walk')
  .map(({ joints }) => {
    const sliding = joints.slice();
    for (let at = 0; at < sliding.length; at += 66)
      for (const axis of [0, 2]) {
        const extra = (SLIDE - 1) * (joints[at + axis] - joints[axis]);
        for (let j = 0; j < 22; j++) sliding[at + 3 * j + axis] += extra;
      }
    return { joints: sliding };
  });

const length = (joints: Float32Array) => {
  const end = joints.length - 66;
  return Math.hypot(joints[end] - joints[0], joints[end + 2] - joints[2]);
};
/** Distance walked after correction over that before, mean. */
async function walked(options: CorrectOptions): Promise<number> {
  const { motions, reports } = await correctBatch(walks, options);
  for (const { status } of reports) assert.is(status, 'ok');
  const shares = motions.map(({ joints }, i) => length(joints) / length(walks[i].joints));
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

test('a path is kept, or a walk of sliding feet ends where its steps lead', async () => {
  assert.ok(walks.length >= 3);
  const near = (value: number, wanted: number, what: string) =>
    assert.ok(Math.abs(value - wanted) < 0.04, `${what}: ${value}, not ${wanted}`);
  near(await walked({ keepPath: true }), 1, 'clip, kept');
  near(await walked({ keepPath: false }), 1 / SLIDE, 'clip, re-rooted');
  near(await walked({}), 1 / SLIDE, 'the default of preset clip');
  near(await walked({ preset: 'loop' }), 1, 'the default of preset loop');
  near(await walked({ preset: 'loop', keepPath: false }), 1 / SLIDE, 'loop, re-rooted');
});

test.run();
