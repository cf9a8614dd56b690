import type { NdArray } from './array.js';
import { FormatError } from './format-error.js';
import { readNpy } from './npy.js';
import { readZip, writeZip, type ZipLimits } from './zip.js';

const ENDING = '.npy';

/** Raw npy files of an npz archive by array name (without `.npy`); other members are left out. */
export function readNpzMembers(bytes: Uint8Array, limits: ZipLimits = {}): Map<string, Uint8Array> {
  const wanted = limits.filter;
  const members = readZip(bytes, {
    ...limits,
    filter: (name) => name.endsWith(ENDING) && (!wanted || wanted(name.slice(0, -ENDING.length))),
  });
  return new Map([...members].map(([name, data]) => [name.slice(0, -ENDING.length), data]));
}

/**
 * Arrays of numpy's npz archive by name.
 * @throws FormatError `ERR_NPZ` for the archive, `ERR_NPY` for an array.
 */
export function readNpz(bytes: Uint8Array, limits: ZipLimits = {}): Map<string, NdArray> {
  const members = readNpzMembers(bytes, limits);
  if (members.size === 0) throw new FormatError('ERR_NPZ', 'arrays (*.npy)', 'an npz archive', 'none');
  return new Map([...members].map(([name, data]) => [name, readNpy(data)]));
}

/** Writes an npz archive of npy files (`writeNpy`). */
export function writeNpz(members: Iterable<readonly [string, Uint8Array]>): Uint8Array {
  return writeZip([...members].map(([name, data]) => [`${name}${ENDING}`, data] as const));
}
