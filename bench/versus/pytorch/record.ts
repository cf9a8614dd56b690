/** Writes what PyTorch says to test/generator/parity/reference.json, for machines without it. */
import { writeFileSync } from 'node:fs';
import { disagreement, ourTrajectory, pytorchTrajectory, VARIANTS, type Variant } from './trajectory.js';

const reference: Record<string, object> = {};
for (const variant of Object.keys(VARIANTS) as Variant[]) {
  const ours = await ourTrajectory(variant);
  const theirs = await pytorchTrajectory(ours);
  reference[variant] = theirs;
  console.log(
    `${variant}: loss ${theirs.losses[0].toFixed(4)} -> ${theirs.losses.at(-1)!.toFixed(4)}, ` +
      `ours differs by ${disagreement(ours.losses, theirs.losses).toExponential(1)} at most`,
  );
}
writeFileSync('test/generator/parity/reference.json', `${JSON.stringify(reference, null, 1)}\n`);
