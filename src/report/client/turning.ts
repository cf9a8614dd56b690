import { type Camera, orbit, zoom } from './camera.js';

/** Drags turn the camera, pinches and (once the picture was clicked) the wheel zoom it. */
export function turnByPointer(canvas: HTMLCanvasElement, camera: Camera, changed: () => void): void {
  const pointers = new Map<number, [number, number]>();
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    canvas.focus({ preventScroll: true });
  });
  canvas.addEventListener('pointermove', (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    if (pointers.size === 1)
      orbit(camera, event.clientX - last[0], event.pointerType === 'touch' ? 0 : event.clientY - last[1]);
    else {
      const other = [...pointers].find(([id]) => id !== event.pointerId)![1];
      const gap = (p: readonly number[]): number => Math.hypot(p[0] - other[0], p[1] - other[1]);
      zoom(camera, gap(last) / Math.max(1, gap([event.clientX, event.clientY])));
    }
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    changed();
  });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    canvas.addEventListener(end, (event) => pointers.delete(event.pointerId));
  }
  canvas.addEventListener(
    'wheel',
    (event) => {
      // The wheel scrolls the page unless the picture was clicked first.
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      zoom(camera, Math.exp(event.deltaY * 0.001));
      changed();
    },
    { passive: false },
  );
}
