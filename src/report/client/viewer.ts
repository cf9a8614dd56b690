import type { Camera } from './camera.js';
import { inContact, type PackedMotion, poseAt, unpackJoints } from './codec.js';
import { createStage } from './create-stage.js';
import { cssColour, find, pageTheme } from './page-style.js';
import { Playback } from './playback.js';
import type { Figure } from './stage.js';
import { drawTimeline, frameUnder } from './timeline.js';
import { turnByPointer } from './turning.js';

/** Where the camera starts: half in front of a figure that faces +z, a little above. */
const FRONT = { yaw: 0.7, pitch: 0.16 };

type Layout = 'side' | 'over' | 'after';

/** Everything the viewer does: choice of motion, playing, camera, layout of before and after. */
export async function startViewer(): Promise<void> {
  const root = document.querySelector<HTMLElement>('#viewer');
  if (!root) return;
  const motions = JSON.parse(document.getElementById('motions')!.textContent!) as PackedMotion[];
  if (motions.length === 0) return;
  const message = find(root, '.viewer-message');
  const [stage, canvas] = await createStage(find(root, '.stage-view canvas'), (text) => {
    message.textContent = text;
    message.hidden = false;
  });
  root.dataset.kind = stage.kind;
  const timeline = find<HTMLCanvasElement>(root, '.timeline');
  const scrub = find<HTMLInputElement>(root, '.scrub');
  const follow = find<HTMLInputElement>(root, '.follow');
  const time = find(root, '.time');
  const tags = find(root, '.tags');
  const choices = [...document.querySelectorAll<HTMLElement>('[data-motion]')];

  const camera: Camera = { ...FRONT, distance: 4.6, target: [0, 0.85, 0] };
  let motion = motions[0];
  let after: Float32Array = new Float32Array();
  let before: Float32Array | undefined;
  let layout: Layout = 'side';
  const playback = new Playback(find(root, '.play'), find(root, '.speed'), () => motion, draw);

  const poses = [new Float32Array(66), new Float32Array(66)];
  function views(): Figure[][] {
    const frame = Math.round(playback.at);
    const now: Figure = {
      pose: poseAt(after, playback.at, poses[0]),
      colour: cssColour(`--c${motion.colour}`),
      ghost: false,
      contacts: [inContact(motion.contacts, frame, 0), inContact(motion.contacts, frame, 1)],
    };
    if (!before || layout === 'after') return [[now]];
    const was: Figure = {
      pose: poseAt(before, playback.at, poses[1]),
      colour: cssColour('--before'),
      ghost: layout === 'over',
      contacts: [inContact(motion.contactsBefore!, frame, 0), inContact(motion.contactsBefore!, frame, 1)],
    };
    return layout === 'side' ? [[was], [now]] : [[now, { ...was, contacts: [false, false] }]];
  }

  function aim(pose: Float32Array): void {
    if (follow.checked) camera.target = [pose[0], 0.85, pose[2]];
  }

  function draw(): void {
    const drawn = views();
    aim(drawn[drawn.length - 1][0].pose);
    const box = canvas.parentElement!.getBoundingClientRect();
    stage.draw(drawn, camera, pageTheme(), box.width, box.height);
    drawTimeline(timeline, motion, playback.at, {
      after: cssColour(`--c${motion.colour}`),
      before: cssColour('--before'),
      ink: cssColour('--ink'),
      faint: cssColour('--rule'),
      contact: cssColour('--contact'),
    });
    scrub.value = String(Math.round(playback.at));
    time.textContent = `${(playback.at / motion.fps).toFixed(2)} / ${((motion.frames - 1) / motion.fps).toFixed(2)} s · frame ${Math.round(playback.at)}`;
    root!.dataset.frame = String(Math.round(playback.at));
  }

  function setLayout(next: Layout): void {
    layout = next;
    for (const button of root!.querySelectorAll<HTMLElement>('[data-layout]')) {
      button.setAttribute('aria-pressed', String(button.dataset.layout === next));
    }
    root!.dataset.layout = before ? next : 'after';
    tags.hidden = !before;
    playback.stale = true;
  }

  /** Places the camera so that the whole figure, or with a standing camera the whole path, is in the picture. */
  function frameCamera(): void {
    let reach = 0;
    let [cx, cz] = [0, 0];
    for (let t = 0; t < motion.frames; t++) {
      cx += after[t * 66] / motion.frames;
      cz += after[t * 66 + 2] / motion.frames;
    }
    for (let t = 0; t < motion.frames; t++)
      reach = Math.max(reach, Math.hypot(after[t * 66] - cx, after[t * 66 + 2] - cz));
    camera.target = [cx, 0.85, cz];
    const narrow =
      canvas.clientWidth / canvas.clientHeight / (before && layout === 'side' ? 2 : 1) < 0.8 ? 1.25 : 1;
    camera.distance = (follow.checked ? 4.4 : Math.max(4.4, 3.4 + 2.2 * reach)) * narrow;
    playback.stale = true;
  }

  function select(index: number): void {
    motion = motions[index];
    after = unpackJoints(motion.after);
    before = motion.before && unpackJoints(motion.before);
    playback.at = 0;
    scrub.max = String(motion.frames - 1);
    for (const choice of choices)
      choice.setAttribute('aria-pressed', String(Number(choice.dataset.motion) === index));
    find(root!, '.chosen b').textContent = (
      motion.group.startsWith(motion.label) ? [motion.label] : [motion.group, motion.label]
    )
      .filter(Boolean)
      .join(' · ');
    find(root!, '.chosen span').textContent = motion.caption;
    find(root!, '.chosen small').textContent = motion.note;
    find(root!, '.layouts').hidden = !before;
    root!.style.setProperty('--c', `var(--c${motion.colour})`);
    root!.dataset.selected = String(index);
    setLayout(layout);
    frameCamera();
  }

  for (const choice of choices) {
    choice.addEventListener('click', (event) => {
      select(Number(choice.dataset.motion));
      // A click with a pointer goes on to the viewer, so that its keys work; one with a key leaves the focus where it is.
      if (event.detail === 0) return;
      canvas.focus({ preventScroll: true });
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      root.scrollIntoView({ block: 'nearest', behavior: still ? 'auto' : 'smooth' });
    });
  }
  for (const button of root.querySelectorAll<HTMLElement>('[data-layout]')) {
    button.addEventListener('click', () => setLayout(button.dataset.layout as Layout));
  }
  follow.addEventListener('change', frameCamera);
  find(root, '.reset').addEventListener('click', () => {
    Object.assign(camera, FRONT);
    frameCamera();
  });
  scrub.addEventListener('input', () => {
    playback.pause();
    playback.at = Number(scrub.value);
  });
  for (const kind of ['pointerdown', 'pointermove'] as const) {
    timeline.addEventListener(kind, (event) => {
      if (event.buttons === 0) return;
      playback.pause();
      playback.at = frameUnder(timeline, motion, event.offsetX);
    });
  }

  root.addEventListener('keydown', (event) => {
    // Buttons, lists and check boxes keep the keys they use themselves.
    const element = event.target as HTMLElement;
    if (element.matches('select, input:not(.scrub)') || (event.key === ' ' && element.matches('button')))
      return;
    const last = motion.frames - 1;
    const step = event.shiftKey ? 10 : 1;
    const moves: Record<string, number> = {
      ArrowRight: Math.min(last, Math.round(playback.at) + step),
      ArrowLeft: Math.max(0, Math.round(playback.at) - step),
      Home: 0,
      End: last,
    };
    if (event.key === ' ') playback.toggle();
    else if (event.key in moves) {
      playback.pause();
      playback.at = moves[event.key];
    } else return;
    event.preventDefault();
    playback.stale = true;
  });

  turnByPointer(canvas, camera, () => {
    playback.stale = true;
  });

  new ResizeObserver(() => {
    playback.stale = true;
  }).observe(canvas.parentElement!);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    playback.stale = true;
  });
  select(Number(root.dataset.first ?? 0));
  root.dataset.ready = 'true';
  playback.start();
}
