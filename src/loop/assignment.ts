/**
 * Optimal assignment: every row gets its own column so that the summed cost is least. Shortest augmenting paths with dual
 * potentials (Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems",
 * Computing 38, 1987; here without their initial heuristics), O(rows^2 columns).
 *
 * @param cost row-major [rows, columns], finite
 * @param rows number of rows, <= columns
 * @returns the column of each row
 */
export function assign(cost: ArrayLike<number>, rows: number, columns: number): Int32Array {
  if (rows > columns || cost.length !== rows * columns)
    throw new RangeError(
      `Expected rows <= columns and rows * columns costs but received ${rows} x ${columns} and ${cost.length}`,
    );
  // Column 0 and row 0 stand for "none"; the free row that is being placed is matched to column 0.
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const before = new Int32Array(columns + 1);
  const distance = new Float64Array(columns + 1);
  const visited = new Uint8Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    let column = 0;
    distance.fill(Number.POSITIVE_INFINITY);
    visited.fill(0);
    do {
      visited[column] = 1;
      const from = rowOf[column];
      let nearest = -1;
      let step = Number.POSITIVE_INFINITY;
      for (let j = 1; j <= columns; j++) {
        if (visited[j]) continue;
        const reduced = cost[(from - 1) * columns + j - 1] - rowPotential[from] - columnPotential[j];
        if (reduced < distance[j]) {
          distance[j] = reduced;
          before[j] = column;
        }
        if (distance[j] < step) {
          step = distance[j];
          nearest = j;
        }
      }
      if (nearest < 0) throw new RangeError('Expected finite costs for an assignment but received others');
      for (let j = 0; j <= columns; j++) {
        if (visited[j]) {
          rowPotential[rowOf[j]] += step;
          columnPotential[j] -= step;
        } else distance[j] -= step;
      }
      column = nearest;
    } while (rowOf[column] !== 0);
    // Shift the matches along the path back to the free row.
    while (column !== 0) {
      const previous = before[column];
      rowOf[column] = rowOf[previous];
      column = previous;
    }
  }
  const columnOf = new Int32Array(rows);
  for (let j = 1; j <= columns; j++) if (rowOf[j] > 0) columnOf[rowOf[j] - 1] = j - 1;
  return columnOf;
}
