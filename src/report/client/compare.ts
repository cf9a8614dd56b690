import type { Camera } from './camera.js';
import { inContact, type PackedMotion, poseAt, unpackJoints } from './codec.js';
import { createStage } from './create-stage.js';
import { cssColour, find, pageTheme } from './page-style.js';
import { Playback } from './playback.js';
import type { Figure } from './stage.js';
import { turnByPointer } from './turning.js';

/** The same prompts by arm and generation, as the page carries them. */
export interface PackedPrompts {
  prompts: string[];
  /** Arms in reading order; the first entry of `choices` is real data. */
  arms: { arm: string; colour: number }[];
  /** `arm` is an index among the arms, -1 for generation 0 and for real data; `generation` is -1 for real data. */
  clips: { prompt: number; arm: number; generation: number; motion: PackedMotion }[];
}

/** One column: an arm at a generation, or real data (arm -1). */
export interface Slot {
  arm: number;
  generation: number;
}

const REAL = -1;
const MOST_SLOTS = 6;

/** Generations that there are of an arm, generation 0 first. */
export function generationsOf(data: Pick<PackedPrompts, 'clips'>, arm: number): number[] {
  const own = data.clips.filter((clip) => clip.arm === arm || (clip.arm === REAL && clip.generation === 0));
  return [...new Set(own.map((clip) => clip.generation))].sort((a, b) => a - b).filter((g) => g >= 0);
}

/** The clip of a slot: generation 0 is shared by all arms. */
export function clipOf(
  data: PackedPrompts,
  slot: Slot,
  prompt: number,
): PackedPrompts['clips'][number] | undefined {
  const arm = slot.generation === 0 ? REAL : slot.arm;
  const generation = slot.arm === REAL ? REAL : slot.generation;
  return data.clips.find(
    (clip) => clip.prompt === prompt && clip.arm === arm && clip.generation === generation,
  );
}

/** The generation of `list` nearest to and not above one that is asked for, or its first. */
export const atOrBelow = (list: readonly number[], wanted: number): number =>
  list.findLast((generation) => generation <= wanted) ?? list[0] ?? 0;

/** What is shown at first: real data and the arms that the argument is about, at their last generation. */
export function firstSlots(data: PackedPrompts, most: number): Slot[] {
  const wanted = ['baseline', 'uncorrected', 'corrected', 'restored', 'selected', 'placebo', 'cleaned'];
  const rank = ({ arm }: { arm: string }): number => {
    const at = wanted.indexOf(arm.split('@')[0]);
    // A variant comes behind the arm itself.
    return at < 0 ? wanted.length : at + (arm.includes('@') ? 0.5 : 0);
  };
  const order = [...data.arms.keys()].sort((a, b) => rank(data.arms[a]) - rank(data.arms[b]));
  const slots = order
    .slice(0, most - 1)
    .map((arm) => ({ arm, generation: Math.max(...generationsOf(data, arm)) }));
  const real = data.clips.some((clip) => clip.generation === REAL);
  return real ? [{ arm: REAL, generation: REAL }, ...slots] : slots;
}

interface Shown {
  motion: PackedMotion;
  joints: Float32Array;
}

/** Starts the comparison once it comes near the window: a second stage and megabytes of motion are not for a page's first moment. */
export function startCompare(): void {
  const root = document.querySelector<HTMLElement>('#compare');
  const text = document.getElementById('prompts')?.textContent;
  if (!root || !text) return;
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      void compare(root, JSON.parse(text) as PackedPrompts);
    },
    { rootMargin: '300px' },
  );
  observer.observe(root);
}

/** Plays one prompt as several arms and generations draw it, side by side and together. */
async function compare(root: HTMLElement, data: PackedPrompts): Promise<void> {
  const message = find(root, '.viewer-message');
  const [stage, canvas] = await createStage(find(root, '.stage-view canvas'), (reason) => {
    message.textContent = reason;
    message.hidden = false;
  });
  root.dataset.kind = stage.kind;
  const row = find(root, '.slots');
  const scrub = find<HTMLInputElement>(root, '.scrub');
  const every = find<HTMLInputElement>(root, '.every-generation');
  const time = find(root, '.time');
  const buttons = [...root.querySelectorAll<HTMLElement>('[data-prompt]')];

  const timeline = [...new Set(data.arms.flatMap((_, arm) => generationsOf(data, arm)))].sort(
    (a, b) => a - b,
  );
  const view: Camera = { yaw: 0.7, pitch: 0.16, distance: 4.8, target: [0, 0.85, 0] };
  let slots = firstSlots(data, window.innerWidth < 640 ? 2 : 5);
  let prompt = 0;
  let shown: (Shown | undefined)[] = [];
  let [frames, fps] = [1, 20];
  const playback = new Playback(find(root, '.play'), find(root, '.speed'), () => ({ frames, fps }), draw);
  every.max = String(timeline.length - 1);
  every.value = every.max;

  const colourOf = ({ arm }: Slot): string =>
    cssColour(arm === REAL ? `--c${root.dataset.none}` : `--c${data.arms[arm].colour}`);

  function load(): void {
    shown = slots.map((slot) => {
      const clip = clipOf(data, slot, prompt);
      return clip && { motion: clip.motion, joints: unpackJoints(clip.motion.after) };
    });
    frames = Math.max(1, ...shown.map((one) => one?.motion.frames ?? 1));
    fps = shown.find((one) => one)?.motion.fps ?? 20;
    playback.at = Math.min(playback.at, frames - 1);
    scrub.max = String(frames - 1);
    for (const [i, button] of buttons.entries()) button.setAttribute('aria-pressed', String(i === prompt));
    root.dataset.prompt = String(prompt);
    root.style.setProperty('--slots', String(slots.length));
    root.dataset.slots = slots.map(({ arm, generation }) => `${arm}:${generation}`).join(' ');
    playback.stale = true;
  }

  function option(value: number, label: string, chosen: number): HTMLOptionElement {
    const element = document.createElement('option');
    element.value = String(value);
    element.textContent = label;
    element.selected = value === chosen;
    return element;
  }

  /** The choices over each column. */
  function writeSlots(): void {
    row.replaceChildren(
      ...slots.map((slot, i) => {
        const column = document.createElement('div');
        column.className = 'slot';
        column.style.setProperty('--c', colourOf(slot));
        const arm = document.createElement('select');
        arm.setAttribute('aria-label', `arm of column ${i + 1}`);
        arm.append(
          ...(data.clips.some((clip) => clip.generation === REAL)
            ? [option(REAL, 'real data', slot.arm)]
            : []),
          ...data.arms.map((one, k) => option(k, one.arm, slot.arm)),
        );
        arm.addEventListener('change', () => {
          const next = Number(arm.value);
          const generation = slot.arm === REAL ? timeline[Number(every.value)] : slot.generation;
          slots[i] = {
            arm: next,
            generation: next === REAL ? REAL : atOrBelow(generationsOf(data, next), generation),
          };
          change();
        });
        column.append(arm);
        if (slot.arm !== REAL) {
          const generation = document.createElement('select');
          generation.setAttribute('aria-label', `generation of column ${i + 1}`);
          generation.append(
            ...generationsOf(data, slot.arm).map((one) => option(one, `generation ${one}`, slot.generation)),
          );
          generation.addEventListener('change', () => {
            slots[i] = { ...slot, generation: Number(generation.value) };
            change();
          });
          column.append(generation);
        }
        const note = document.createElement('small');
        note.textContent = shown[i]?.motion.note ?? 'not there';
        column.append(note);
        return column;
      }),
    );
    find<HTMLButtonElement>(root, '.more').disabled = slots.length >= MOST_SLOTS;
    find<HTMLButtonElement>(root, '.fewer').disabled = slots.length <= 1;
    find(root, '.every-name').textContent = `generation ${timeline[Number(every.value)]}`;
  }

  function change(): void {
    load();
    writeSlots();
  }

  function draw(): void {
    const frame = Math.round(playback.at);
    const cameras: Camera[] = [];
    const views = shown.map((one, i): Figure[] => {
      cameras.push({ ...view });
      if (!one) return [];
      const last = one.motion.frames - 1;
      const pose = poseAt(one.joints, Math.min(playback.at, last), new Float32Array(66));
      cameras[i] = { ...view, target: [pose[0], 0.85, pose[2]] };
      const { contacts } = one.motion;
      const own = Math.min(frame, last);
      const feet: [boolean, boolean] = [inContact(contacts, own, 0), inContact(contacts, own, 1)];
      return [{ pose, colour: colourOf(slots[i]), ghost: false, contacts: feet }];
    });
    const box = canvas.parentElement!.getBoundingClientRect();
    // A narrow column must hold the whole figure.
    const narrow = Math.max(1, 0.52 / (box.width / views.length / box.height));
    for (const camera of cameras) camera.distance *= narrow;
    stage.draw(views, cameras, pageTheme(), box.width, box.height);
    scrub.value = String(frame);
    time.textContent = `${(playback.at / fps).toFixed(2)} / ${((frames - 1) / fps).toFixed(2)} s`;
    root.dataset.frame = String(frame);
  }

  for (const [i, button] of buttons.entries())
    button.addEventListener('click', () => {
      prompt = i;
      change();
    });
  scrub.addEventListener('input', () => {
    playback.pause();
    playback.at = Number(scrub.value);
    playback.stale = true;
  });
  every.addEventListener('input', () => {
    const wanted = timeline[Number(every.value)];
    slots = slots.map((slot) =>
      slot.arm === REAL ? slot : { ...slot, generation: atOrBelow(generationsOf(data, slot.arm), wanted) },
    );
    change();
  });
  find(root, '.more').addEventListener('click', () => {
    const used = new Set(slots.map(({ arm }) => arm));
    const free = data.arms.findIndex((_, arm) => !used.has(arm));
    const arm = Math.max(0, free);
    slots = [
      ...slots,
      { arm, generation: atOrBelow(generationsOf(data, arm), timeline[Number(every.value)]) },
    ];
    change();
  });
  find(root, '.fewer').addEventListener('click', () => {
    slots = slots.slice(0, -1);
    change();
  });
  turnByPointer(canvas, view, () => {
    playback.stale = true;
  });
  new ResizeObserver(() => {
    playback.stale = true;
  }).observe(canvas.parentElement!);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    writeSlots();
    playback.stale = true;
  });
  change();
  root.dataset.ready = 'true';
  playback.start();
}
