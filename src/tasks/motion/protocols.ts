import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { configFromJson, type LoopConfig, resolveConfig } from '../../loop/config.js';
import { LoopError } from '../../loop/errors.js';
import { type Preregistration, parsePreregistration } from '../../loop/preregistration.js';
import type { Json } from '../../loop/task.js';
import { DEFAULT_MOTION_SETTINGS, type MotionSettings, resolveSettings } from './settings.js';

/** An experiment as it is committed before it is run: everything that decides its results, and what it is to show. */
export interface Protocol {
  name: string;
  /** What it is for, in words. */
  description: string;
  loop: LoopConfig;
  motion: MotionSettings;
  preregistration: Preregistration;
}

/** `protocols/` of the package, from `dist/src/tasks/motion/`. */
const DIRECTORY = new URL('../../../../protocols/', import.meta.url);

/** Names of the committed protocols. */
export const protocolNames = (): string[] =>
  readdirSync(DIRECTORY)
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .sort();

type Fields = { [key: string]: Json };

function fieldsOf(value: unknown, name: string, keys: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new LoopError(
      'ERR_RANGE',
      `Expected an object for ${name} but received ${JSON.stringify(value) ?? 'nothing'}`,
    );
  const unknown = Object.keys(value).filter((key) => !keys.includes(key));
  if (unknown.length > 0)
    throw new LoopError(
      'ERR_RANGE',
      `Expected keys among ${keys.join(', ')} for ${name} but received ${unknown.join(', ')}`,
    );
  return value as Fields;
}

function motionOf(value: unknown, name: string): MotionSettings {
  const given = fieldsOf(value, name, Object.keys(DEFAULT_MOTION_SETTINGS));
  for (const [key, setting] of Object.entries(given)) {
    const wanted = typeof DEFAULT_MOTION_SETTINGS[key as keyof MotionSettings];
    if (typeof setting !== wanted)
      throw new LoopError(
        'ERR_RANGE',
        `Expected a ${wanted} for ${name}.${key} but received ${JSON.stringify(setting)}`,
      );
  }
  return resolveSettings(given as Partial<MotionSettings>);
}

/**
 * The protocol in a JSON text: `{format: 1, description, loop, motion, preregistration}`, `loop` and `motion` with any of the keys
 * of LoopConfig (an infinite gamma as "Infinity") and MotionSettings; keys left out have the usual values.
 * @throws LoopError ERR_RANGE that names the unknown key or the value out of range
 */
export function parseProtocol(text: string, name: string): Protocol {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new LoopError(
      'ERR_RANGE',
      `Expected JSON for the protocol ${name} but received ${text.slice(0, 40)}`,
      {
        cause,
      },
    );
  }
  const fields = fieldsOf(json, `protocol ${name}`, [
    'format',
    'description',
    'loop',
    'motion',
    'preregistration',
  ]);
  if (fields.format !== 1)
    throw new LoopError('ERR_RANGE', `Expected 1 for the format of ${name} but received ${fields.format}`);
  const { description, loop = {}, motion = {} } = fields;
  if (typeof description !== 'string')
    throw new LoopError(
      'ERR_RANGE',
      `Expected a text for the description of ${name} but received ${description}`,
    );
  if (typeof loop !== 'object' || loop === null || Array.isArray(loop)) fieldsOf(loop, `${name}.loop`, []);
  return {
    name,
    description,
    loop: resolveConfig(configFromJson(loop as Fields)),
    motion: motionOf(motion, `${name}.motion`),
    preregistration: parsePreregistration(fields.preregistration, `${name}.preregistration`),
  };
}

/**
 * A committed protocol by its name, or the one in a file that ends in .json.
 * @throws LoopError ERR_RANGE for a name that is not there and for what {@link parseProtocol} refuses
 */
export function readProtocol(name: string): Protocol {
  if (name.endsWith('.json')) return parseProtocol(readFileSync(name, 'utf8'), basename(name, '.json'));
  const names = protocolNames();
  if (!names.includes(name))
    throw new LoopError(
      'ERR_RANGE',
      `Expected one of ${names.join(', ')}, or a file that ends in .json, for a protocol but received ${name}`,
    );
  return parseProtocol(readFileSync(new URL(`${name}.json`, DIRECTORY), 'utf8'), name);
}
