import { configJson, differences, type LoopConfig } from './config.js';
import { LoopError } from './errors.js';
import { type Fs, nodeFs, replaceFile } from './fs.js';
import { METRICS_FILE, PROTOCOL_FILE } from './layout.js';
import { type Preregistration, parsePreregistration } from './preregistration.js';
import type { Json } from './task.js';

/** protocol.json: what a run was registered as before it began. */
export interface Registration {
  format: 1;
  name: string;
  description: string;
  /** False where results were there already when it was written. */
  beforeResults: boolean;
  /** The protocol's configuration of the loop, and the task's settings, before any change on the command line. */
  loop: { [key: string]: Json };
  settings: { [key: string]: Json };
  preregistration: Preregistration;
}

/** What is registered. */
export interface Registered {
  name: string;
  description: string;
  loop: LoopConfig;
  settings: { [key: string]: Json };
  preregistration: Preregistration;
}

const text = (registration: Registration): Uint8Array =>
  Buffer.from(`${JSON.stringify(registration, null, 2)}\n`);

/**
 * Writes protocol.json into a run's directory before its results are there. What is there already must be the same: a claim cannot be
 * changed once results may have been seen.
 * @throws LoopError ERR_CONFIG_CHANGED when the directory was registered for something else
 */
export async function register(
  out: string,
  { name, description, loop, settings, preregistration }: Registered,
  fs: Fs = nodeFs,
): Promise<void> {
  const path = `${out}/${PROTOCOL_FILE}`;
  const existing = await fs.read(path);
  const registration: Registration = {
    format: 1,
    name,
    description,
    beforeResults: ((await fs.read(`${out}/${METRICS_FILE}`))?.length ?? 0) === 0,
    loop: configJson(loop),
    settings,
    preregistration,
  };
  if (existing) {
    const found = JSON.parse(Buffer.from(existing).toString()) as Registration;
    const wanted = JSON.parse(
      Buffer.from(text({ ...registration, beforeResults: found.beforeResults })).toString(),
    );
    const changed = differences(found as unknown as Json, wanted);
    if (changed.length > 0)
      throw new LoopError(
        'ERR_CONFIG_CHANGED',
        `Expected the protocol ${out} was registered for but received a different one (${changed.slice(0, 3).join('; ')}); choose another output directory, or the same protocol`,
      );
    return;
  }
  await fs.mkdir(out);
  await replaceFile(fs, path, text(registration));
}

/**
 * What a run was registered as; undefined where it was not.
 * @throws LoopError ERR_RANGE when the file is not what {@link register} writes
 */
export async function readRegistration(out: string, fs: Fs = nodeFs): Promise<Registration | undefined> {
  const data = await fs.read(`${out}/${PROTOCOL_FILE}`);
  if (!data) return undefined;
  const found = JSON.parse(Buffer.from(data).toString()) as Registration;
  return { ...found, preregistration: parsePreregistration(found.preregistration, PROTOCOL_FILE) };
}

/** A value of a configuration in a line of text; lists whole. */
const shown = (value: Json | undefined): string =>
  Array.isArray(value) ? value.map(String).join(', ') : JSON.stringify(value ?? null);

/** Where a run differs from what it was registered as, each as `name: registered -> run`. */
export function changesOf(
  { loop, settings }: Registration,
  run: { task?: { settings?: unknown }; config?: unknown },
): string[] {
  type Values = { [key: string]: Json };
  const changes = (before: Values, after: Values, keys: readonly string[], prefix: string): string[] =>
    keys.flatMap((key) =>
      differences(before[key] ?? null, after[key] ?? null).length > 0
        ? [`${prefix}${key}: ${shown(before[key])} -> ${shown(after[key])}`]
        : [],
    );
  const config = (run.config ?? {}) as Values;
  return [
    ...changes(loop, config, [...new Set([...Object.keys(loop), ...Object.keys(config)])], ''),
    // What the task adds, as the description of its data, was not registered.
    ...changes(settings, (run.task?.settings ?? {}) as Values, Object.keys(settings), 'task '),
  ];
}
