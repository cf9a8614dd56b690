/** Preset loop is a projection: what it has corrected is valid, and what is valid it returns as it came. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readClips, readSamples } from '../../bench/quality/clips.js';
import { meanDistance } from '../../bench/quality/measures.js';
import { repeat } from '../../bench/quality/repetition.js';
import { correctBatch } from '../../src/index.js';
import { haveMocap, MOCAP, waving } from '../support/motions.js';

const correct = async (joints: Float32Array, preset: 'clip' | 'loop' = 'loop') => {
  const { motions, reports } = await correctBatch([{ joints }], { preset });
  return { joints: motions[0].joints, report: reports[0] };
};
const changed = (joints: Float32Array, by: (t: number) => [number, number, number]) =>
  joints.map((value, i) => value + by(Math.floor(i / 66))[i % 3]);

test('a valid motion comes back as it came for a generator, with the report of its simulation', async () => {
  const joints = waving(80);
  const { joints: after, report } = await correct(joints);
  assert.equal(after, joints);
  assert.is(report.status, 'ok');
  assert.is(report.error, 0);
  assert.is(report.errorRoot, 0);
  assert.equal(report.after, report.before);
  assert.ok(report.residualForce.mean > 0 && report.residualForce.mean < 0.1);
});

test('for an animator it is simulated all the same', async () => {
  const joints = waving(80);
  const { joints: after, report } = await correct(joints, 'clip');
  assert.ok(report.error > 0);
  assert.not.equal(after, joints);
});

test('a motion that is wrong anywhere is not valid, though it is right on average', async () => {
  const joints = waving(80);
  const wrong: Record<string, Float32Array> = {
    sinking: changed(joints, () => [0, -0.02, 0]),
    floating: changed(joints, () => [0, 0.05, 0]),
    sliding: changed(joints, (t) => [0.006 * t, 0, 0]),
    'sliding on one foot for a moment': joints.map((value, i) => {
      const [t, joint] = [Math.floor(i / 66), Math.floor((i % 66) / 3)];
      return i % 3 === 2 && [7, 10].includes(joint)
        ? value + 0.15 * Math.min(1, Math.max(0, (t - 40) / 8))
        : value;
    }),
    'one wrist off for a frame': joints.map((value, i) => (i === 40 * 66 + 62 ? value + 0.15 : value)),
    'a hand that shakes': joints.map((value, i) =>
      Math.floor((i % 66) / 3) === 21 ? value + 0.01 * Math.sin(12.9898 * (i + 1) ** 2) : value,
    ),
    'a bone that stretches': joints.map((value, i) =>
      i % 66 === 61 ? value - 0.06 * Math.sin(0.3 * Math.floor(i / 66)) ** 2 : value,
    ),
    'a jump of the whole body': changed(joints, (t) => [t < 40 ? 0 : 0.1, 0, 0]),
    shaking: joints.map((value, i) => value + 0.015 * Math.sin(12.9898 * (i + 1) ** 2)),
  };
  for (const [name, motion] of Object.entries(wrong)) {
    const { joints: after, report } = await correct(motion);
    assert.ok(report.error > 0, `${name}: returned as it came`);
    assert.ok(meanDistance(after, motion, false) > 0, name);
  }
});

if (!haveMocap) console.log(`note: ${MOCAP} is missing; repetition is tested on a figure alone`);
else {
  const clips = readClips('../shared/data');
  const samples = readSamples('../shared/data', clips);

  test('a motion that needs more help than the first rung gives is not valid', async () => {
    const inputs = clips.filter(({ split }) => split === 'test').map(({ joints }) => ({ joints }));
    const { motions, reports } = await correctBatch(inputs, {
      preset: 'loop',
      assist: { force: 0.05, torque: 30 },
    });
    const helped = reports.flatMap(({ status }, i) => (status === 'ok' ? [] : [i]));
    assert.ok(helped.length > 5, `${helped.length} needed help`);
    for (const i of helped) assert.not.equal(motions[i].joints, inputs[i].joints);
  });

  const sets = {
    'real test clips': clips.filter(({ split }) => split === 'test'),
    'generated samples': samples.filter(({ kind }) => kind === 'generated'),
  };
  for (const [name, set] of Object.entries(sets))
    test(`${name}: twice moves 3 mm or less against once, four times 5 mm or less`, async () => {
      const { repetition } = await repeat(
        set.map(({ joints }) => joints),
        'loop',
      );
      const { twice, fourTimes } = repetition;
      console.log(
        `${name}: twice ${twice.relative.toFixed(2)} mm, four times ${fourTimes.relative.toFixed(2)} mm`,
      );
      assert.ok(twice.relative <= 3, `${twice.relative} mm`);
      assert.ok(fourTimes.relative <= 5, `${fourTimes.relative} mm`);
    });
}

test.run();
