import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CorrectionReport, type CorrectOptions, correctBatch } from '../../src/index.js';
import { GENERATED, haveMocap, MOCAP, mocapClip, mocapIds, readNpy } from '../support/motions.js';

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const share = (reports: CorrectionReport[], ...status: string[]) =>
  reports.filter((report) => status.includes(report.status)).length / reports.length;

/** Mean distance of the joints in mm, relative to the pelvis. */
function rootRelative(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  const values = Math.min(a.length, b.length);
  for (let i = 0; i < values; i += 3) {
    const root = i - (i % 66);
    sum += Math.hypot(...[0, 1, 2].map((k) => a[i + k] - a[root + k] - (b[i + k] - b[root + k])));
  }
  return (1000 * sum) / (values / 3);
}

interface Set {
  name: string;
  inputs: { joints: Float32Array }[];
  /** The true clip of each input. */
  truth: Float32Array[];
}

function sets(): Set[] {
  const real = mocapIds('test').map(mocapClip);
  const files = readdirSync(`${GENERATED}/defects`).sort();
  const ids = files.map((file) => file.replace(/^[a-z]+_|\.npy$/g, ''));
  return [
    { name: 'real test clips', inputs: real.map((joints) => ({ joints })), truth: real },
    {
      name: 'defects',
      inputs: files.map((file) => ({ joints: readNpy(`${GENERATED}/defects/${file}`) })),
      truth: ids.map(mocapClip),
    },
  ];
}

if (!haveMocap) console.log(`note: ${MOCAP} is missing; the quality on real motion is not tested here`);
else {
  assert.ok(readFileSync(`${GENERATED}/manifest.csv`, 'utf8').includes('defect'));
  for (const { name, inputs, truth } of sets())
    for (const preset of ['clip', 'loop'] as const) {
      const options: CorrectOptions = { preset };
      test(`${name}, preset ${preset}: tracked, on the floor, without skating, near the true clip`, async () => {
        const { motions, reports } = await correctBatch(inputs, options);
        const after = (key: 'penetrate' | 'float' | 'skate' | 'jerk') =>
          mean(reports.map((report) => report.after[key]));
        const error = mean(motions.map(({ joints }, i) => rootRelative(joints, truth[i])));
        const summary =
          `${name}, ${preset}: ok ${(100 * share(reports, 'ok')).toFixed(0)} %, assisted ${(100 * share(reports, 'assisted')).toFixed(0)} %, ` +
          `penetrate ${after('penetrate').toFixed(2)} mm, float ${after('float').toFixed(1)} mm, skate ${after('skate').toFixed(2)} mm/frame, ` +
          `jerk ${after('jerk').toFixed(0)} m/s3, root-relative to the true clip ${error.toFixed(1)} mm, ` +
          `residual ${mean(reports.map((report) => report.residualForce.mean)).toFixed(2)} BW`;
        console.log(summary);
        assert.ok(share(reports, 'ok') >= 0.9, summary);
        assert.ok(after('penetrate') <= 1, summary);
        assert.ok(after('skate') <= 6, summary);
        assert.ok(error <= 50, summary);
      });
    }
}

test.run();
