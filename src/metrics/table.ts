/** Rows of numbers, row-major: one row per motion, one column per feature. */
export interface Table {
  rows: number;
  columns: number;
  data: Float64Array;
}

export const newTable = (rows: number, columns: number): Table => ({
  rows,
  columns,
  data: new Float64Array(rows * columns),
});

/** The rows at these positions, in this order. */
export function takeRows(table: Table, positions: ArrayLike<number>): Table {
  const { columns } = table;
  const out = newTable(positions.length, columns);
  for (let i = 0; i < positions.length; i++)
    out.data.set(table.data.subarray(positions[i] * columns, (positions[i] + 1) * columns), i * columns);
  return out;
}

/** Mean of each column. */
export function columnMeans({ rows, columns, data }: Table): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) mean[j] += data[i * columns + j];
  return mean.map((sum) => sum / rows);
}

/** Covariance of the columns, divided by rows - 1; row-major [columns, columns]. */
export function covariance(table: Table, mean = columnMeans(table)): Float64Array {
  const { rows, columns, data } = table;
  const out = new Float64Array(columns * columns);
  const row = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) row[j] = data[i * columns + j] - mean[j];
    for (let j = 0; j < columns; j++) {
      const a = row[j];
      for (let k = j; k < columns; k++) out[j * columns + k] += a * row[k];
    }
  }
  for (let j = 0; j < columns; j++)
    for (let k = j; k < columns; k++) {
      out[j * columns + k] /= Math.max(1, rows - 1);
      out[k * columns + j] = out[j * columns + k];
    }
  return out;
}

/** Euclidean distances between the rows of two tables, row-major [a.rows, b.rows]. */
export function distances(a: Table, b: Table): Float64Array {
  const { columns } = a;
  const out = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += (a.data[i * columns + k] - b.data[j * columns + k]) ** 2;
      out[i * b.rows + j] = Math.sqrt(sum);
    }
  return out;
}
