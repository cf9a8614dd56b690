/** Rotation matrices, 3x3 row-major, acting on column vectors; angles in radians, right-handed. */
export type Rotation = readonly number[];

export const aboutX = (angle: number): Rotation => {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [1, 0, 0, 0, c, -s, 0, s, c];
};

export const aboutY = (angle: number): Rotation => {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c, 0, s, 0, 1, 0, -s, 0, c];
};

export const aboutZ = (angle: number): Rotation => {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c, -s, 0, s, c, 0, 0, 0, 1];
};

export function multiply(a: Rotation, b: Rotation): Rotation {
  const out = new Array<number>(9);
  for (let i = 0; i < 9; i += 3)
    for (let j = 0; j < 3; j++) out[i + j] = a[i] * b[j] + a[i + 1] * b[j + 3] + a[i + 2] * b[j + 6];
  return out;
}

/** R_y(yaw) R_x(pitch) R_z(roll): yaw turns left, pitch leans forward, roll lifts the left side. */
export function fromYawPitchRoll(yaw: number, pitch: number, roll: number): Rotation {
  return multiply(multiply(aboutY(yaw), aboutX(pitch)), aboutZ(roll));
}
