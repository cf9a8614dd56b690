/** Heights for the labels at the line ends: as near to their lines as possible, none over another. */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = [...wanted];
  let previous = low - gap;
  for (const i of order) {
    placed[i] = Math.max(placed[i], previous + gap);
    previous = placed[i];
  }
  let next = high + gap;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i], next - gap);
    next = placed[i];
  }
  return placed;
}

/** A line of a drawing as points in pixels. */
type Path = readonly (readonly [number, number])[];

/** Where a label of a horizontal line hides least: over or under the line, at its left or right end. */
export function placeLabel(
  line: number,
  text: string,
  paths: readonly Path[],
  bounds: { left: number; right: number; top: number; bottom: number },
): { x: number; y: number; anchor: 'start' | 'end' } {
  const length = text.length * 6.2;
  const hidden = (from: number, to: number, high: number, low: number): number => {
    let count = 0;
    for (const path of paths) {
      for (let i = 1; i < path.length; i++) {
        for (let part = 0; part <= 1; part += 0.1) {
          const px = path[i - 1][0] + part * (path[i][0] - path[i - 1][0]);
          const py = path[i - 1][1] + part * (path[i][1] - path[i - 1][1]);
          if (px >= from && px <= to && py >= high && py <= low) count++;
        }
      }
    }
    return count;
  };
  let best: { x: number; y: number; anchor: 'start' | 'end'; cost: number } = {
    x: bounds.right - 2,
    y: line - 4,
    anchor: 'end',
    cost: Infinity,
  };
  for (const above of [true, false]) {
    for (const end of [true, false]) {
      const base = above ? line - 4 : line + 12;
      if (base - 10 < bounds.top - 6 || base > bounds.bottom - 1) continue;
      const from = end ? bounds.right - length : bounds.left;
      const cost = hidden(from - 3, from + length + 3, base - 11, base + 3);
      if (cost < best.cost)
        best = { x: end ? bounds.right - 2 : bounds.left + 4, y: base, anchor: end ? 'end' : 'start', cost };
    }
  }
  return best;
}
