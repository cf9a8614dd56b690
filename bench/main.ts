/**
 * `npm run bench`: every suite in turn but the long ones, then what they measured against the gates; arguments pick suites by name. A gate that
 * is missed is said, no failure.
 */
import { type Gate, machine, printGates } from './results.js';

/** Less of what takes long; suites that have no such part do all. */
const quick = process.argv.includes('--quick');

const SUITES: Record<string, () => Promise<Gate[]>> = {
  versus: async () => (await import('./versus/versus.js')).versusBench(),
  correct: async () => (await import('./correct.js')).correctorBench(),
  isa: async () => (await import('./isa.js')).isaBench(),
  memory: async () => (await import('./memory.js')).memoryBench(),
  cuda: async () => (await import('./cuda.js')).cudaBench(),
  rapier: async () => (await import('./rapier.js')).rapierBench(),
  pytorch: async () => (await import('./versus/pytorch/pytorch.js')).pytorchBench(quick),
  train: async () => {
    await import('./train.js');
    return [];
  },
};
/** Suites that take many minutes: only when named. */
const LONG: Record<string, () => Promise<Gate[]>> = {
  generator: async () => (await import('./generator/quality.js')).generatorBench('action'),
  'generator-text': async () => (await import('./generator/quality.js')).generatorBench('text'),
};

const ALL = { ...SUITES, ...LONG };
const wanted = process.argv.slice(2).filter((argument) => argument !== '--quick');
for (const name of wanted)
  if (!Object.hasOwn(ALL, name)) {
    console.error(`Expected one of ${Object.keys(ALL).join(', ')} for a suite but received ${name}`);
    process.exit(2);
  }
const gates: Gate[] = [];
for (const [name, suite] of Object.entries(ALL))
  if (wanted.length === 0 ? Object.hasOwn(SUITES, name) : wanted.includes(name))
    gates.push(...(await suite()));
console.log(`\nmachine: ${machine}`);
if (gates.length > 0) printGates(gates);
