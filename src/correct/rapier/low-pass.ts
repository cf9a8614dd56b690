import { FRAME_SIZE } from '../../motion/motion.js';

/**
 * Butterworth filter of second order, run forwards and backwards over joints `[T, 22, 3]` in place: no lag. Both ends are
 * continued point-symmetrically, so they keep their place and speed.
 * @param cutoff Hz; over 0.45 `fps` nothing is done.
 */
export function lowPass(joints: Float64Array, fps: number, cutoff: number): void {
  if (cutoff >= 0.45 * fps) return;
  const w = Math.tan((Math.PI * cutoff) / fps);
  const scale = 1 / (1 + Math.SQRT2 * w + w * w);
  const [b0, a1, a2] = [w * w * scale, 2 * (w * w - 1) * scale, (1 - Math.SQRT2 * w + w * w) * scale];
  const frames = joints.length / FRAME_SIZE;
  const pad = Math.min(frames - 1, Math.ceil((2 * fps) / cutoff));
  const line = new Float64Array(frames + 2 * pad);
  for (let k = 0; k < FRAME_SIZE; k++) {
    const value = (t: number) => joints[t * FRAME_SIZE + k];
    for (let t = 0; t < frames; t++) line[pad + t] = value(t);
    for (let i = 1; i <= pad; i++) {
      line[pad - i] = 2 * value(0) - value(i);
      line[pad + frames - 1 + i] = 2 * value(frames - 1) - value(frames - 1 - i);
    }
    for (let direction = 0; direction < 2; direction++) {
      // Transposed direct form II, started in the steady state of the first value.
      let [s1, s2] = [(1 - b0) * line[0], (b0 - a2) * line[0]];
      for (let i = 0; i < line.length; i++) {
        const out = b0 * line[i] + s1;
        s1 = 2 * b0 * line[i] - a1 * out + s2;
        s2 = b0 * line[i] - a2 * out;
        line[i] = out;
      }
      line.reverse();
    }
    for (let t = 0; t < frames; t++) joints[t * FRAME_SIZE + k] = line[pad + t];
  }
}
