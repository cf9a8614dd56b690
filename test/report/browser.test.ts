import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderReport, renderViewer } from '../../src/report/index.js';
import { ARMS, sampleData, sampleMotions } from './sample.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SOFTWARE_GL = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

const test = suite<{ dir: string; browser: Browser; plain: Browser }>('browser');
const haveChromium = existsSync(CHROMIUM);
/** Registers a test only where there is a browser to run it in. */
const inBrowser = (...[name, handler]: Parameters<typeof test>): void => {
  if (haveChromium) test(name, handler);
};
if (!haveChromium)
  console.log(`note: ${CHROMIUM} is missing (CHROMIUM names another); pages are not looked at in a browser`);

test.before(async (context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'report-'));
  const launch = (args: string[]): Promise<Browser> =>
    chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...args] });
  if (haveChromium)
    [context.browser, context.plain] = await Promise.all([
      launch(SOFTWARE_GL),
      launch(['--disable-gpu', '--disable-3d-apis']),
    ]);
  writeFileSync(join(context.dir, 'report.html'), renderReport(sampleData(2, 6)));
  const motions = sampleMotions().filter((motion) => motion.before);
  const rows = motions.map((motion, i) => ({
    cells: [motion.label, { before: 30, after: 10 + i }],
    motion: i,
  }));
  writeFileSync(
    join(context.dir, 'viewer.html'),
    renderViewer({
      title: 'Corrected',
      motions,
      table: { columns: [{ name: 'motion' }, { name: 'float', unit: 'mm', better: 'lower' }], rows },
    }),
  );
});
test.after(async ({ dir, browser, plain }) => {
  await Promise.all([browser?.close(), plain?.close()]);
  rmSync(dir, { recursive: true });
});

interface Opened {
  page: Page;
  /** Errors of the console and requests that left the page; must stay empty. */
  complaints: string[];
}

async function open(browser: Browser, file: string, options: object = {}): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 }, ...options });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('#viewer[data-ready]', { timeout: 30_000 });
  await page.waitForSelector('#viewer[data-frame]');
  return { page, complaints };
}

/**
 * What is drawn in a part of the picture (0 its left edge, 1 its right): the share of pixels that are not of the commonest
 * colour, and their mean redness (red minus green, 0 to 255).
 */
const look = (page: Page, from: number, to: number): Promise<{ inked: number; red: number }> =>
  page.evaluate(
    ([left, right]) =>
      new Promise<{ inked: number; red: number }>((resolve) => {
        const read = (): void => {
          const source = document.querySelector<HTMLCanvasElement>('#viewer .stage-view canvas')!;
          const copy = document.createElement('canvas');
          copy.width = source.width;
          copy.height = source.height;
          const context = copy.getContext('2d')!;
          context.drawImage(source, 0, 0);
          const width = Math.round((right - left) * copy.width);
          const { data } = context.getImageData(Math.round(left * copy.width), 0, width, copy.height);
          const counts = new Map<number, number>();
          const colour = (i: number): number => (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
          for (let i = 0; i < data.length; i += 4) counts.set(colour(i), (counts.get(colour(i)) ?? 0) + 1);
          const [common, count] = [...counts].sort((a, b) => b[1] - a[1])[0];
          let red = 0;
          for (let i = 0; i < data.length; i += 4) if (colour(i) !== common) red += data[i] - data[i + 1];
          const other = data.length / 4 - count;
          resolve({ inked: other / (data.length / 4), red: red / Math.max(1, other) });
        };
        requestAnimationFrame(() => requestAnimationFrame(read));
      }),
    [from, to],
  );

const inked = async (page: Page, from: number, to: number): Promise<number> =>
  (await look(page, from, to)).inked;

const frame = async (page: Page): Promise<number> => Number(await page.getAttribute('#viewer', 'data-frame'));

test('both pages are whole documents', ({ dir }) => {
  for (const file of ['report.html', 'viewer.html']) {
    const text = readFileSync(join(dir, file), 'utf8');
    assert.match(text, /^<!doctype html>\n<html lang="en">/);
    assert.match(text, /<\/body>\n<\/html>\n$/);
    assert.is(text.match(/<script/g)?.length, text.match(/<\/script>/g)?.length);
  }
});

inBrowser('a report opens from a file without complaint and draws all arms', async ({ browser, dir }) => {
  const { page, complaints } = await open(browser, join(dir, 'report.html'));
  assert.is(await page.getAttribute('#viewer', 'data-kind'), 'webgl');
  const lines = await page.evaluate(() =>
    [...document.querySelectorAll('figure.large .arm:not(.end) > .line')].map((line) =>
      (line as SVGGeometryElement).getTotalLength(),
    ),
  );
  assert.is(lines.length, ARMS.length);
  for (const length of lines) assert.ok(length > 300, `${length} px`);
  assert.ok((await inked(page, 0, 0.5)) > 0.03, 'the figure before correction');
  assert.ok((await inked(page, 0.5, 1)) > 0.03, 'the figure after correction');
  assert.ok((await look(page, 0, 0.5)).red > 5, 'red: before, on the left');
  assert.ok((await look(page, 0.5, 1)).red < -5, 'green: after, on the right');
  assert.is(await page.evaluate(() => document.documentElement.scrollWidth), 1000);
  assert.equal(complaints, []);
  await page.close();
});

inBrowser('play advances the frame, keys step, the scrub bar jumps', async ({ browser, dir }) => {
  const { page, complaints } = await open(browser, join(dir, 'report.html'));
  assert.is(await frame(page), 0);
  await page.click('#viewer .play');
  await page.waitForFunction(
    () => Number(document.querySelector<HTMLElement>('#viewer')!.dataset.frame) > 5,
    undefined,
    { timeout: 20_000 },
  );
  await page.click('#viewer .play');
  await page.focus('#viewer .stage-view canvas');
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector<HTMLElement>('#viewer')!.dataset.frame === '0');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.waitForFunction(() => document.querySelector<HTMLElement>('#viewer')!.dataset.frame === '11');
  await page.locator('#viewer .scrub').fill('42');
  await page.waitForFunction(() => document.querySelector<HTMLElement>('#viewer')!.dataset.frame === '42');
  assert.match((await page.textContent('#viewer .time')) ?? '', /2\.10 \/ 2\.95 s · frame 42/);
  const strip = (await page.locator('#viewer .timeline').boundingBox())!;
  await page.click('#viewer .timeline', { position: { x: 8 + (strip.width - 16) * (10 / 59), y: 20 } });
  await page.waitForFunction(() => document.querySelector<HTMLElement>('#viewer')!.dataset.frame === '10');
  await page.focus('#viewer .scrub');
  await page.keyboard.press('Space');
  assert.is(await page.getAttribute('#viewer .play', 'aria-label'), 'pause');
  assert.equal(complaints, []);
  await page.close();
});

inBrowser('before and after: side by side, overlaid, after alone', async ({ browser, dir }) => {
  const { page, complaints } = await open(browser, join(dir, 'report.html'));
  const picture = async (): Promise<string> =>
    (await page.locator('#viewer .stage-view canvas').screenshot()).toString('base64');
  const settle = (): Promise<void> =>
    page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
    );
  const side = await picture();
  await page.click('[data-layout=over]:not(#viewer)');
  await settle();
  const over = await picture();
  await page.click('[data-layout=after]:not(#viewer)');
  await settle();
  const after = await picture();
  assert.is(new Set([side, over, after]).size, 3);
  assert.is(await page.getAttribute('[data-layout=after]:not(#viewer)', 'aria-pressed'), 'true');
  // A motion of an arm without correction has no before: the choice of layouts goes away.
  await page.click('.choice >> nth=0');
  assert.not.ok(await page.isVisible('#viewer .layouts'));
  assert.match((await page.textContent('#viewer .chosen b')) ?? '', /baseline · best/);
  assert.equal(complaints, []);
  await page.close();
});

inBrowser('pointing at a chart reads all arms; an arm can be hidden', async ({ browser, dir }) => {
  const { page, complaints } = await open(browser, join(dir, 'report.html'));
  await page.hover('figure.large svg', { position: { x: 300, y: 200 } });
  const tip = (await page.textContent('#tip')) ?? '';
  assert.match(tip, /^generation [1-5]/);
  for (const arm of [...ARMS, 'real']) assert.ok(tip.includes(arm), arm);
  assert.match(tip, /\d ± \d/);
  assert.ok(await page.isVisible('figure.large .arm.c1 .line'));
  await page.click('button[data-toggle-arm="1"]');
  assert.not.ok(await page.isVisible('figure.large .arm.c1 .line'));
  await page.hover('figure.large svg', { position: { x: 320, y: 200 } });
  assert.not.match((await page.textContent('#tip')) ?? '', /uncorrected/);
  assert.equal(complaints, []);
  await page.close();
});

inBrowser(
  'the same prompt by arm and generation: columns play together and can be changed',
  async ({ browser, dir }) => {
    const { page, complaints } = await open(browser, join(dir, 'report.html'));
    const compare = page.locator('#compare');
    assert.is(await compare.getAttribute('data-ready'), null, 'not before it is looked at');
    await compare.scrollIntoViewIfNeeded();
    await page.waitForSelector('#compare[data-ready]', { timeout: 30_000 });
    const slots = (): Promise<string | null> => compare.getAttribute('data-slots');
    // Real data and the four arms of the argument, at generation 6.
    assert.is(await slots(), '-1:-1 0:6 1:6 3:6 4:6');
    const settle = (): Promise<void> =>
      page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
      );
    const picture = async (): Promise<string> => {
      await settle();
      return (await compare.locator('canvas').screenshot()).toString('base64');
    };
    const first = await picture();
    const inked = await page.evaluate(() => {
      const source = document.querySelector<HTMLCanvasElement>('#compare canvas')!;
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [source.width, source.height];
      const context = copy.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(source, 0, 0);
      // Of each fifth of the picture the share of pixels that are neither grey nor nearly so: a coloured figure.
      return Array.from({ length: 5 }, (_, i) => {
        const part = Math.floor(copy.width / 5);
        const { data } = context.getImageData(i * part, 0, part, copy.height);
        let coloured = 0;
        for (let k = 0; k < data.length; k += 4)
          if (Math.max(data[k], data[k + 1], data[k + 2]) - Math.min(data[k], data[k + 1], data[k + 2]) > 60)
            coloured++;
        return coloured / (data.length / 4);
      });
    });
    for (const share of inked.slice(1)) assert.ok(share > 0.02, `a figure in every column: ${inked}`);
    await page.selectOption('[aria-label="generation of column 3"]', '1');
    assert.is(await slots(), '-1:-1 0:6 1:1 3:6 4:6');
    assert.is.not(await picture(), first);
    assert.match((await compare.locator('.slot').nth(2).textContent()) ?? '', /physical error 1\.0 mm/);
    await page.selectOption('[aria-label="arm of column 1"]', '2');
    assert.is(await slots(), '2:6 0:6 1:1 3:6 4:6');
    // All columns through the generations at once: 0, 1, 6.
    await compare.locator('.every-generation').fill('0');
    assert.is(await slots(), '2:0 0:0 1:0 3:0 4:0');
    assert.is(await compare.locator('.every-name').textContent(), 'generation 0');
    await compare.locator('.fewer').click();
    assert.is((await slots())?.split(' ').length, 4);
    await page.click('[data-prompt="1"]:not(#compare)');
    assert.is(await compare.getAttribute('data-prompt'), '1');
    await compare.locator('.play').click();
    await page.waitForFunction(
      () => Number(document.querySelector<HTMLElement>('#compare')!.dataset.frame) > 5,
      undefined,
      { timeout: 20_000 },
    );
    assert.equal(complaints, []);
    await page.close();
  },
);

inBrowser('dragging turns the figure', async ({ browser, dir }) => {
  const { page } = await open(browser, join(dir, 'viewer.html'));
  const canvas = page.locator('#viewer .stage-view canvas');
  const before = (await canvas.screenshot()).toString('base64');
  await canvas.hover();
  await page.mouse.down();
  await page.mouse.move(400, 300, { steps: 3 });
  await page.mouse.up();
  await page.waitForTimeout(100);
  assert.is.not((await canvas.screenshot()).toString('base64'), before);
  await page.close();
});

inBrowser('rows of the table open their motion', async ({ browser, dir }) => {
  const { page, complaints } = await open(browser, join(dir, 'viewer.html'));
  await page.click('tr[data-motion="4"] button');
  assert.is(await page.getAttribute('#viewer', 'data-selected'), '4');
  assert.is(await page.getAttribute('tr[data-motion="4"]', 'aria-pressed'), 'true');
  assert.is(await page.textContent('tr[data-motion="4"] .better'), '14.0');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.querySelector<HTMLElement>('#viewer')!.dataset.frame === '1');
  assert.equal(complaints, []);
  await page.close();
});

inBrowser(
  'without WebGL the figure is drawn on a plain canvas, and the page says so',
  async ({ plain, dir }) => {
    const { page, complaints } = await open(plain, join(dir, 'report.html'));
    assert.is(await page.getAttribute('#viewer', 'data-kind'), 'canvas');
    assert.match((await page.textContent('#viewer .viewer-message')) ?? '', /no WebGL/);
    assert.ok((await inked(page, 0, 0.5)) > 0.03);
    assert.ok((await inked(page, 0.5, 1)) > 0.03);
    await page.locator('#viewer .scrub').fill('20');
    await page.waitForFunction(() => document.querySelector<HTMLElement>('#viewer')!.dataset.frame === '20');
    assert.equal(complaints, []);
    await page.close();
  },
);

inBrowser('a phone shows the page without sideways scrolling, in the dark too', async ({ browser, dir }) => {
  for (const file of ['report.html', 'viewer.html']) {
    const { page, complaints } = await open(browser, join(dir, file), {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
      hasTouch: true,
    });
    assert.is(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    assert.ok((await inked(page, 0, 1)) > 0.02);
    assert.equal(complaints, []);
    await page.close();
  }
});

test.run();
