import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CorrectInput,
  CorrectorError,
  correct,
  correctBatch,
  proceduralMotions,
  type StreamOptions,
  type StreamResult,
} from '../../src/index.js';
import { encodeAllFrames } from '../../src/motion/features.js';
import { waving } from '../support/motions.js';

const clips: CorrectInput[] = [
  ...proceduralMotions({ count: 30, seed: 5, seconds: [2, 4] }).map(({ joints }, i) =>
    i % 7 === 3 ? { features: encodeAllFrames(joints) } : { joints },
  ),
  { joints: new Float32Array(100) },
  ...Array.from({ length: 40 }, (_, i) => ({ joints: waving(20 + (i % 9), i) })),
];

async function collect(results: AsyncIterable<StreamResult>): Promise<StreamResult[]> {
  const all: StreamResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}

/** A source that counts what it gave and knows whether it was closed. */
class Source implements AsyncIterableIterator<CorrectInput> {
  given = 0;
  closed = 0;
  constructor(
    private readonly make: (i: number) => CorrectInput | undefined | Promise<CorrectInput | undefined>,
    private readonly beforeNext: () => void = () => {},
  ) {}

  [Symbol.asyncIterator]() {
    return this;
  }
  async next(): Promise<IteratorResult<CorrectInput>> {
    this.beforeNext();
    const value = await this.make(this.given);
    if (value === undefined) return { done: true, value };
    this.given++;
    return { done: false, value };
  }
  async return(): Promise<IteratorResult<CorrectInput>> {
    this.closed++;
    return { done: true, value: undefined };
  }
}

const endless = () => new Source((i) => ({ joints: waving(30, i) }));

async function thrown(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return assert.unreachable('nothing was thrown');
}

for (const options of [
  {},
  { window: 1 },
  { window: 7, threads: 3 },
  { window: 64 },
  { gamma: 1, seed: 9, window: 10 },
  { preset: 'loop', output: 'rotations', window: 24 },
  { sampling: { samples: 16 }, assist: { force: 0, torque: 0 }, seed: 2, window: 9 },
] as StreamOptions[])
  test(`a stream gives what one batch gives, in order: ${JSON.stringify(options)}`, async () => {
    const inputs = options.sampling ? clips.slice(0, 12) : clips;
    const { window: _, ...rest } = options;
    const { motions, reports } = await correctBatch(inputs, rest);
    const results = await collect(correct(inputs, options));
    assert.is(results.length, inputs.length);
    results.forEach(({ motion, report }, i) => {
      assert.equal(motion, motions[i], `motion ${i}`);
      assert.equal(report, reports[i], `report ${i}`);
    });
  });

test('generators, synchronous or not, and an empty stream', async () => {
  function* some() {
    yield* clips.slice(0, 5);
  }
  async function* later() {
    for (const clip of clips.slice(0, 5)) {
      await sleep(2);
      yield clip;
    }
  }
  const { motions } = await correctBatch(clips.slice(0, 5));
  for (const stream of [some(), later()])
    assert.equal(
      (await collect(correct(stream))).map(({ motion }) => motion),
      motions,
    );
  assert.equal(await collect(correct([])), []);
});

test('no more than the window is taken from the stream beyond what was consumed', async () => {
  for (const window of [1, 5, 32]) {
    let consumed = 0;
    let most = 0;
    const source: Source = new Source(
      (i) => (i < 100 ? { joints: waving(12, i) } : undefined),
      () => {
        most = Math.max(most, source.given + 1 - consumed);
      },
    );
    const results = correct(source, { window });
    assert.is(source.given, 0, 'nothing is read before the first result is asked for');
    for await (const _ of results) {
      if (consumed === 20) await sleep(100); // plenty for a reader that does not wait
      assert.ok(source.given - consumed <= window, `${source.given} given, ${consumed} consumed`);
      consumed++;
    }
    assert.is(consumed, 100);
    assert.is(most, window, 'the window is used, and not passed');
    assert.is(source.closed, 0, 'a stream that ended is not closed');
  }
});

test('a consumer that stops asking stops the reading', async () => {
  const source = endless();
  const results = correct(source, { window: 16 });
  await results.next();
  await sleep(150);
  assert.is(source.given, 16);
  await results.return();
  assert.is(source.closed, 1);
});

test('a stream that waits for the results of what it gave gets them', async () => {
  let release = () => {};
  const source = new Source(async (i) => {
    if (i === 12) return undefined;
    if (i > 0)
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    return { joints: waving(10, i) };
  });
  let count = 0;
  for await (const _ of correct(source, { window: 100 })) {
    count++;
    await sleep(1);
    release();
  }
  assert.is(count, 12);
});

test('leaving the loop closes the stream and ends the work', async () => {
  const source = endless();
  let seen = 0;
  for await (const _ of correct(source, { window: 256 })) if (++seen === 3) break;
  const given = source.given;
  assert.is(source.closed, 1);
  await sleep(60);
  assert.is(source.given, given);
  assert.is((await correctBatch([clips[0]])).reports[0].status, 'ok');
});

test('leaving the loop does not wait for a stream that owes an answer', async () => {
  const source = new Source((i) => (i < 4 ? { joints: waving(10, i) } : new Promise(() => {})));
  for await (const _ of correct(source, { window: 8 })) break;
  assert.is(source.closed, 1);
});

test('an error of the stream comes through as it is, and the stream is not closed again', async () => {
  const reason = new Error('no more film');
  const source = new Source((i) => {
    if (i === 21) throw reason;
    return { joints: waving(30, i) };
  });
  let seen = 0;
  const error = await thrown(async () => {
    for await (const _ of correct(source, { window: 8 })) seen++;
  });
  assert.is(error, reason);
  assert.ok(seen >= 21 - 8 && seen <= 21, `${seen} results`);
  assert.is(source.closed, 0);
});

test('a bad motion of a stream is named, and the stream closed', async () => {
  const source = new Source((i) => (i === 5 ? ({ joints: [1, 2] } as never) : { joints: waving(10, i) }));
  const error = (await thrown(() => collect(correct(source)))) as CorrectorError;
  assert.instance(error, CorrectorError);
  assert.is(error.code, 'ERR_SHAPE');
  assert.match(error.message, /for stream\[5\]\.joints but received an array of 2$/);
  assert.is(source.closed, 1);
});

test('an abort ends a stream with its reason: before, while waiting for work or the stream, between results', async () => {
  const reason = new Error('enough');
  const before = endless();
  assert.is(await thrown(() => correct(before, { signal: AbortSignal.abort(reason) }).next()), reason);
  assert.equal([before.given, before.closed], [0, 0], 'it was never opened');

  for (const source of [
    endless(),
    new Source((i) => (i < 3 ? { joints: waving(9) } : new Promise(() => {}))),
  ])
    for (const delay of [0, 3, 20]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), delay);
      assert.is(await thrown(() => collect(correct(source, { signal: controller.signal }))), reason);
      assert.ok(source.closed > 0);
      controller.abort();
    }

  const controller = new AbortController();
  const source = endless();
  const results = correct(source, { signal: controller.signal, window: 20 });
  await results.next();
  controller.abort(reason);
  assert.is(source.closed, 1, 'at once, though nobody asks for a result');
  assert.is(await thrown(() => results.next()), reason);
  assert.equal(await results.next(), { done: true, value: undefined });
  assert.is((await correctBatch([clips[0]])).reports[0].status, 'ok');
});

test('progress grows to the end and stays silent afterwards; what it throws ends the work', async () => {
  const seen: { done: number; total: number }[] = [];
  const inputs = Array.from({ length: 400 }, (_, i) => ({ joints: waving(60, i) }));
  const started = performance.now();
  await collect(correct(inputs, { window: 64, onProgress: (progress) => seen.push({ ...progress }) }));
  const most = (performance.now() - started) / 50 + 2;
  const count = seen.length;
  assert.equal(seen.at(-1), { done: 400, total: 400 });
  assert.ok(count <= most, `${count} calls`);
  assert.ok(seen.every(({ done, total }, i) => done <= total && (i === 0 || done >= seen[i - 1].done)));
  await sleep(120);
  assert.is(seen.length, count);

  const reason = new Error('cannot draw');
  const source = endless();
  const onProgress = () => {
    throw reason;
  };
  assert.is(await thrown(() => collect(correct(source, { onProgress }))), reason);
  assert.is(source.closed, 1);
  assert.is(await thrown(() => correctBatch(inputs, { onProgress })), reason);
});

for (const [call, code, message] of [
  [
    () => correct(3 as never),
    'ERR_TYPE',
    'Expected an iterable or async iterable of motions for stream but received 3',
  ],
  [
    () => correct([], { window: 0 }),
    'ERR_RANGE',
    'Expected a number from 1 to 1048576 for window but received 0',
  ],
  [
    () => correct([], { out: new Float32Array(0) } as never),
    'ERR_TYPE',
    /^Expected one of .*window for an option name but received "out"$/,
  ],
] as [() => unknown, string, string | RegExp][])
  test(`a bad argument of a stream is named at the call: ${message}`, () => {
    try {
      call();
    } catch (error) {
      assert.instance(error, CorrectorError);
      assert.is((error as CorrectorError).code, code);
      return assert.match((error as Error).message, message);
    }
    assert.unreachable('it did not throw');
  });

test.run();
