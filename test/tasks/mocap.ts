import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asDataset, type MotionDataset, type Split } from '../../src/data/dataset.js';
import { readNumbers } from '../../src/io/npy.js';

const ROOT = fileURLToPath(new URL('../../../../shared/data/mocap/', import.meta.url));

/** Real motion capture where this checkout has it beside itself, else undefined with a printed note. */
export function mocapDataset(): MotionDataset | undefined {
  if (!existsSync(`${ROOT}manifest.json`)) {
    console.log('skipped: no ../shared/data/mocap here');
    return undefined;
  }
  const { clips } = JSON.parse(readFileSync(`${ROOT}manifest.json`, 'utf8')) as {
    clips: { id: string; split: Split; action: string }[];
  };
  return asDataset(
    clips.map(({ id, action }) => ({
      joints: readNumbers(readFileSync(`${ROOT}joints/${id}.npy`)).data as Float32Array,
      fps: 20,
      action,
      name: id,
    })),
    { splits: clips.map(({ split }) => split), minimumPerClass: 4 },
  );
}
