/** `npm run quality`: what the corrector does to real, damaged and generated motion, against the numbers it has to reach. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Alone, measureAlone } from './alone.js';
import { measureBias } from './bias.js';
import { haveData, readClips, readFolder, readSamples } from './clips.js';
import { evaluate } from './evaluate.js';
import { printQuality } from './print.js';
import { printAlone } from './print-alone.js';
import { printBias } from './print-bias.js';
import { runSamples } from './run-samples.js';

const RESULTS = 'bench/results/quality.json';
const BIAS = 'bench/results/bias.json';
const HELP = `npm run quality [-- FLAGS]
       npm run quality -- bias [FLAGS]

Corrects every real clip as it is and under six corruptions, the clips with a known defect and the generated samples, with
both presets, and prints what it did to them and every bar with its value; then, how many real clips the body tracks
without any outside help, with and without sampling. Writes ${RESULTS}.

With bias: what each choice of the corrector (path, filter, caps, gate, failed motions) does to the distribution of real, damaged
and generated motion, as Frechet distances. Writes ${BIAS}.

  --data DIR   folder with mocap/ and generated/ (default ../shared/data)
  --samples DIR  bias: generated motions, npy files of [frames, 22, 3] or [motions, frames, 22, 3] at 20 fps (default: those of --data)
  --run DIR    bias: generated motions are 256 drawn from a model of this run of \`selfcorrect loop\` on the motions of --data,
  --unit UNIT  that of this generation of the run (default seed-0/gen-0000)
  --brief      leave out the part without outside help, which takes a minute, and write nothing
  --json       print the JSON instead of the tables
  --help       this text

Exit status: 0 all bars reached, 1 a bar missed, 2 bad flags or no data.`;

function flags() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        samples: { type: 'string' },
        run: { type: 'string' },
        unit: { type: 'string', default: 'seed-0/gen-0000' },
        data: { type: 'string', default: '../shared/data' },
        brief: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

/** Six significant digits: what is left of a last bit's difference between machines does not show. */
const rounded = (_: string, value: unknown) =>
  typeof value === 'number' ? Number(value.toPrecision(6)) : value;

const { values, positionals } = flags();
const { data, samples, run, unit, brief, json, help } = values;
if (help || positionals.some((word) => word !== 'bias')) {
  console.log(HELP);
  process.exit(help ? 0 : 2);
}
if (!haveData(data)) {
  console.error(
    `no motion to measure: ${resolve(data)} has no mocap/manifest.csv and generated/manifest.csv (--data DIR)`,
  );
  process.exit(2);
}
if (positionals.length > 0) {
  const clips = readClips(data);
  const generated = run
    ? await runSamples(run, unit, join(data, 'mocap'), 256)
    : samples
      ? readFolder(samples)
      : readSamples(data, [])
          .filter(({ kind }) => kind === 'generated')
          .map(({ joints }) => joints);
  const source = run ? unit : samples ? basename(samples) : 'generated';
  const bias = await measureBias(clips, generated);
  const text = `${JSON.stringify({ samples: source, ...bias }, rounded, 2)}\n`;
  mkdirSync(dirname(BIAS), { recursive: true });
  writeFileSync(BIAS, text);
  console.log(json ? text : printBias(bias));
  process.exit(0);
}
const quality = await evaluate(data);
const alone: Alone | undefined = brief ? undefined : await measureAlone(readClips(data));
const text = `${JSON.stringify({ ...quality, ...(alone ? { alone } : {}) }, rounded, 2)}\n`;
if (!brief) {
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, text);
}
console.log(json ? text : [...(alone ? [printAlone(alone)] : []), printQuality(quality)].join('\n\n'));
process.exitCode = quality.bars.every(({ pass }) => pass) ? 0 : 1;
