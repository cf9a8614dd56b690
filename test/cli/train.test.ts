import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadFolder } from '../../src/data/index.js';
import { proceduralMotions } from '../../src/data/procedural/index.js';
import { readBvh, readNpy, readSafetensors, writeNpy } from '../../src/io/index.js';
import { clipFolder } from '../generator/text/clip-files.js';
import { cli, type Ended, events } from './process.js';

const dir = mkdtempSync(join(tmpdir(), 'selfcorrect-train-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

/** A data set of 12 clips of 1.2 to 1.5 s with captions and actions. */
const data = join(dir, 'data');
mkdirSync(join(data, 'joints'), { recursive: true });
const clips = proceduralMotions({ count: 12, seconds: [3, 3.2] }).map(({ joints, caption, action }, i) => {
  const frames = 25 + (i % 7);
  writeFileSync(join(data, 'joints', `${i}.npy`), writeNpy([frames, 22, 3], joints.slice(0, frames * 66)));
  return { id: String(i), caption, action, split: i === 11 ? 'test' : 'train' };
});
writeFileSync(join(data, 'manifest.json'), JSON.stringify(clips));

const at = (name: string) => join(dir, name);
const tiny = (out: string, ...more: string[]) =>
  cli(['train', '--data', data, '--batch', '2', '--threads', '1', '--out', at(out), ...more]);
const curve = (name: string) =>
  readFileSync(at(name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event?: string; step: number; loss?: number });
const succeeded = ({ code, out, err }: Ended) => {
  assert.is(code, 0, err);
  return events(out);
};

test('train makes a checkpoint and the losses, sample makes motions that are a data set again', async () => {
  const log = succeeded(await tiny('whole.safetensors', '--steps', '40', '--mirror'));
  const { config, provider } = log.find(({ event }) => event === 'model') as Record<
    string,
    Record<string, unknown>
  >;
  assert.equal([config.frames, config.condition, config.dModel], [30, 'text', 128]);
  assert.is(String(provider), 'cpu');
  assert.equal([log.at(-1)!.event, log.at(-1)!.step], ['done', 40]);
  const [start, ...losses] = curve('whole.losses.jsonl');
  assert.is(start.event, 'start');
  assert.equal(
    losses.map(({ step }) => step),
    Array.from({ length: 40 }, (_, i) => i + 1),
  );
  const mean = (rows: typeof losses) => rows.reduce((sum, { loss }) => sum + loss! / rows.length, 0);
  assert.ok(mean(losses.slice(-10)) < 0.95 * mean(losses.slice(0, 10)));
  // the vocabulary has the words of the training split, those of mirrored captions too, and no others
  const { metadata } = readSafetensors(readFileSync(at('whole.safetensors')));
  const { vocabulary } = JSON.parse(metadata.config).condition as { vocabulary: string[] };
  assert.ok(vocabulary.includes('left') && vocabulary.includes('right'));

  const text = `A ${vocabulary[4]} ${vocabulary[5]}`;
  const draw = (out: string, ...more: string[]) =>
    cli(['sample', '--model', at('whole.safetensors'), '--seconds', '1.5', '--out', at(out), ...more]);
  const drawn = succeeded(await draw('drawn', '--text', text, '--count', '3', '--correct', '--threads', '1'));
  assert.is(drawn.at(-1)!.motions, 3);
  assert.equal(readdirSync(at('drawn')).sort(), ['bvh', 'corrected', 'joints', 'manifest.json', 'view.html']);
  assert.match(readFileSync(at('drawn/view.html'), 'utf8'), /before and after correction/);
  const { clips: listed, seed } = JSON.parse(readFileSync(at('drawn/manifest.json'), 'utf8'));
  assert.is(seed, 0);
  assert.equal(
    listed.map(({ id, caption, index, frames }: Record<string, unknown>) => [id, caption, index, frames]),
    ['0', '1', '2'].map((id, i) => [id, text, i, 30]),
  );
  for (const folder of ['drawn', 'drawn/corrected']) {
    const { motions, skipped } = await loadFolder(at(folder));
    assert.equal(skipped, []);
    assert.equal(
      motions.map(({ joints, caption }) => [joints.length, caption]),
      new Array(3).fill([30 * 66, text]),
    );
    assert.equal(readNpy(readFileSync(at(`${folder}/joints/1.npy`))).shape, [30, 22, 3]);
    assert.is(readBvh(readFileSync(at(`${folder}/bvh/1.bvh`))).joints.length >= 22, true);
  }
  assert.not.equal(readFileSync(at('drawn/joints/0.npy')), readFileSync(at('drawn/corrected/joints/0.npy')));
  assert.not.equal(readFileSync(at('drawn/joints/0.npy')), readFileSync(at('drawn/joints/1.npy')));

  // the same seed, the same motions; several texts from a file
  writeFileSync(at('prompts.txt'), `${text}\n\n${vocabulary[5]}\n`);
  succeeded(await draw('again', '--prompts', at('prompts.txt'), '--threads', '1'));
  assert.equal(readFileSync(at('again/joints/0.npy')), readFileSync(at('drawn/joints/0.npy')));
  assert.match(readFileSync(at('again/view.html'), 'utf8'), /Sampled motions/);

  for (const [args, message] of [
    [['--text', `${text} juggles`], /Expected words of the model's \d+ .* but received 'juggles'/],
    [[], /Expected either --text or --prompts/],
    [['--text', text, '--action', 'walk'], /Expected no --action for a model with condition text/],
    [['--text', text, '--seconds', '9'], /Expected at most 1\.5 seconds, .* for --seconds but received 9/],
    [['--text', text, '--model', at('none')], /Expected a checkpoint for --model but received .*none/],
    [['--prompts', at('missing')], /Expected a file with texts for --prompts/],
  ] as [string[], RegExp][]) {
    const { code, err } = await draw('never', ...args);
    assert.is(code, 2, err);
    assert.match(err, message);
    assert.is(err.trim().split('\n').length, 1);
  }
});

test('a training that is interrupted, killed and resumed ends with the bytes of one that was not', async () => {
  const settings = ['--steps', '160', '--seed', '3', '--condition', 'action'];
  succeeded(await tiny('one.safetensors', ...settings));
  const stop = (signal: NodeJS.Signals) =>
    cli(
      [
        'train',
        '--data',
        data,
        '--batch',
        '2',
        '--threads',
        '1',
        '--out',
        at('broken.safetensors'),
        ...settings,
      ],
      (out, child) => {
        if (out.includes('"stage":"train"')) child.kill(signal);
      },
    );
  const interrupted = await stop('SIGINT');
  assert.is(interrupted.code, 130, interrupted.err);
  const stopped = events(interrupted.out).at(-1)!;
  assert.is(stopped.event, 'stopped');
  assert.ok(Number(stopped.step) > 0 && Number(stopped.step) < 160, `stopped at ${stopped.step}`);
  assert.is(curve('broken.losses.jsonl').at(-1)!.step, stopped.step);

  // the same file once more would begin anew: only --resume goes on, with the settings it was begun with
  const refused = await tiny('broken.safetensors');
  assert.is(refused.code, 2);
  assert.match(refused.err, /--resume to go on, but received .*broken\.safetensors, which exists/);
  const resume = ['train', '--resume', '--threads', '1', '--out', at('broken.safetensors')];
  const killed = await cli(resume, (out, child) => {
    if (out.includes('"stage":"train"')) child.kill('SIGKILL');
  });
  assert.is(killed.signal, 'SIGKILL');
  const log = succeeded(await cli(resume));
  assert.equal([log.at(-1)!.event, log.at(-1)!.step], ['done', 160]);
  assert.ok(readFileSync(at('broken.safetensors')).equals(readFileSync(at('one.safetensors'))));
  const losses = (name: string) => curve(name).filter(({ event }) => event === undefined);
  assert.equal(losses('broken.losses.jsonl'), losses('one.losses.jsonl'));

  const changed = await cli([...resume, '--size', 'M']);
  assert.is(changed.code, 2);
  assert.match(changed.err, /Expected --size to stay as it was with --resume/);
  const missing = await cli(['train', '--resume', '--out', at('missing.safetensors')]);
  assert.is(missing.code, 2);
  assert.match(missing.err, /Expected a checkpoint for --resume but received .*missing/);

  const model = ['--model', at('one.safetensors')];
  succeeded(await cli(['sample', ...model, '--action', 'walk', '--seconds', '1', '--out', at('walks')]));
  const { clips: listed } = JSON.parse(readFileSync(at('walks/manifest.json'), 'utf8'));
  assert.equal([listed.length, listed[0].action, listed[0].frames], [1, 'walk', 20]);
  const unknown = await cli(['sample', ...model, '--action', 'flies', '--out', at('never')]);
  assert.is(unknown.code, 2);
  assert.match(unknown.err, /Expected one of .*walk.* for --action but received flies/);
});

test('a training that diverges stops, says where, and keeps the last good checkpoint', async () => {
  succeeded(await tiny('good.safetensors', '--steps', '8', '--condition', 'none'));
  const before = readFileSync(at('good.safetensors'));
  const { code, err } = await tiny('good.safetensors', '--resume', '--steps', '40', '--lr', '1e30');
  assert.is(code, 1);
  assert.match(
    err,
    /Expected a finite training loss .* at step 1\d; .*good\.safetensors is the checkpoint of step 8; a lower --lr/,
  );
  assert.ok(readFileSync(at('good.safetensors')).equals(before));
  succeeded(await cli(['sample', '--model', at('good.safetensors'), '--count', '2', '--out', at('free')]));
  assert.is(readdirSync(at('free/joints')).length, 2);
});

test("a user's CLIP text model reads the captions", async () => {
  const clip = clipFolder();
  const log = succeeded(await tiny('clip.safetensors', '--steps', '4', '--clip', clip, '--mirror'));
  const { config } = log.find(({ event }) => event === 'model') as { config: Record<string, unknown> };
  assert.is(config.condition, 'embedding');
  const asked = ['sample', '--model', at('clip.safetensors'), '--text', 'juggles', '--out', at('clipped')];
  succeeded(await cli([...asked, '--clip', clip]));
  const without = await cli(asked);
  assert.is(without.code, 2);
  assert.match(without.err, /Expected --clip DIR for a model that was trained with it/);
  rmSync(clip, { recursive: true });
});

test('data without captions cannot train a model of captions', async () => {
  const bare = at('bare');
  mkdirSync(bare);
  for (const i of [0, 1, 2])
    writeFileSync(join(bare, `${i}.npy`), readFileSync(join(data, 'joints', `${i}.npy`)));
  const { code, err } = await cli(['train', '--data', bare, '--out', at('bare.safetensors')]);
  assert.is(code, 2);
  assert.match(err, /Expected motions with captions for --condition text but received none/);
});

test.run();
