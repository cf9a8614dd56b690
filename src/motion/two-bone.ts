/** Share of the limb by which it stays away from fully folded and fully straight, so that its bend keeps a direction. */
const MARGIN = 1e-3;
const COLLINEAR = 1e-9;
const STRAIGHTEST = 0.9995;

/**
 * Places the middle and end of a two-bone limb: the end at the target, or towards it as far as the bones reach; the middle
 * bends towards the pole.
 * @param out middle (xyz), then end (xyz).
 * @param first length of the bone from the start to the middle; `second` from there to the end.
 */
export function solveTwoBone(
  out: Float64Array,
  start: ArrayLike<number>,
  target: ArrayLike<number>,
  pole: ArrayLike<number>,
  first: number,
  second: number,
): void {
  let dx = target[0] - start[0];
  let dy = target[1] - start[1];
  let dz = target[2] - start[2];
  const distance = Math.hypot(dx, dy, dz) || 1e-12;
  dx /= distance;
  dy /= distance;
  dz /= distance;
  const reach = Math.min(
    Math.max(distance, Math.abs(first - second) + MARGIN * (first + second)),
    STRAIGHTEST * (first + second),
  );
  const along = (first * first - second * second + reach * reach) / (2 * reach);
  const aside = Math.sqrt(Math.max(0, first * first - along * along));
  let px = pole[0] - start[0];
  let py = pole[1] - start[1];
  let pz = pole[2] - start[2];
  const dot = px * dx + py * dy + pz * dz;
  px -= dot * dx;
  py -= dot * dy;
  pz -= dot * dz;
  const away = Math.hypot(pole[0] - start[0], pole[1] - start[1], pole[2] - start[2]);
  let norm = Math.hypot(px, py, pz);
  if (!(norm > COLLINEAR * away)) {
    // the pole lies on the line: one of its normals, made with the axis it has least of
    if (Math.abs(dx) <= Math.abs(dy) && Math.abs(dx) <= Math.abs(dz)) [px, py, pz] = [0, dz, -dy];
    else if (Math.abs(dy) <= Math.abs(dz)) [px, py, pz] = [-dz, 0, dx];
    else [px, py, pz] = [dy, -dx, 0];
    norm = Math.hypot(px, py, pz) || 1;
  }
  out[0] = start[0] + along * dx + (aside * px) / norm;
  out[1] = start[1] + along * dy + (aside * py) / norm;
  out[2] = start[2] + along * dz + (aside * pz) / norm;
  out[3] = start[0] + reach * dx;
  out[4] = start[1] + reach * dy;
  out[5] = start[2] + reach * dz;
}
