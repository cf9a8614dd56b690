/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder reduction to tridiagonal form, then the QL iteration with implicit
 * Wilkinson shifts (Golub and Van Loan, Matrix Computations, 4th ed., 8.3.1 and 8.3.3). About 4 n^3 multiplications.
 *
 * @param matrix row-major [n, n]; only its symmetry is relied on, it is not changed
 * @returns `values` in descending order and `vectors`, row-major [n, n], row i the unit eigenvector of values[i]
 */
export function symmetricEigen(
  matrix: ArrayLike<number>,
  n: number,
): { values: Float64Array; vectors: Float64Array } {
  const a = Float64Array.from(matrix);
  const off = new Float64Array(n);
  const q = tridiagonalise(a, n, off);
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]);
  implicitQL(diagonal, off, q, n);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j] - diagonal[i]);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(q.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors };
}

/** Leaves T = Q^T A Q on the diagonal of `a` and in `off[i] = T[i + 1, i]`; returns Q^T, row-major. */
function tridiagonalise(a: Float64Array, n: number, off: Float64Array): Float64Array {
  const reflectors: { v: Float64Array; beta: number }[] = [];
  for (let k = 0; k < n - 2; k++) {
    // The reflector I - beta v v^T that maps column k below the diagonal to a multiple of its first entry.
    const size = n - k - 1;
    const v = Float64Array.from({ length: size }, (_, i) => a[(k + 1 + i) * n + k]);
    let tail = 0;
    for (let i = 1; i < size; i++) tail += v[i] * v[i];
    const first = v[0];
    if (tail === 0) {
      off[k] = first;
      reflectors.push({ v, beta: 0 });
      continue;
    }
    const norm = Math.sqrt(first * first + tail);
    const alpha = first > 0 ? -norm : norm;
    v[0] = first - alpha;
    const beta = 2 / (tail + v[0] * v[0]);
    off[k] = alpha;
    reflectors.push({ v, beta });
    // A <- A - v w^T - w v^T on the trailing block.
    const w = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      const row = (k + 1 + i) * n + k + 1;
      for (let j = 0; j < size; j++) sum += a[row + j] * v[j];
      w[i] = beta * sum;
    }
    let along = 0;
    for (let i = 0; i < size; i++) along += w[i] * v[i];
    for (let i = 0; i < size; i++) w[i] -= 0.5 * beta * along * v[i];
    for (let i = 0; i < size; i++) {
      const row = (k + 1 + i) * n + k + 1;
      for (let j = 0; j < size; j++) a[row + j] -= v[i] * w[j] + w[i] * v[j];
    }
  }
  if (n > 1) off[n - 2] = a[(n - 1) * n + n - 2];
  // Q = H_0 H_1 ... H_{n-3}, built from the last reflector so that each touches the trailing block only; stored transposed.
  const qt = new Float64Array(n * n);
  for (let i = 0; i < n; i++) qt[i * n + i] = 1;
  for (let k = n - 3; k >= 0; k--) {
    const { v, beta } = reflectors[k];
    for (let i = k + 1; i < n; i++) {
      const row = i * n + k + 1;
      let sum = 0;
      for (let j = 0; j < v.length; j++) sum += qt[row + j] * v[j];
      for (let j = 0; j < v.length; j++) qt[row + j] -= beta * sum * v[j];
    }
  }
  return qt;
}

/** Diagonalises the tridiagonal matrix (d, e) and applies the rotations to the rows of `z`. */
function implicitQL(d: Float64Array, e: Float64Array, z: Float64Array, n: number): void {
  // Entries this small are within the rounding of the matrix; without this bound a matrix of low rank never settles.
  let negligible = 0;
  for (let i = 0; i < n; i++)
    negligible = Math.max(negligible, Number.EPSILON * (Math.abs(d[i]) + Math.abs(e[i])));
  const splits = (i: number): boolean =>
    Math.abs(e[i]) <= Math.max(negligible, Number.EPSILON * (Math.abs(d[i]) + Math.abs(d[i + 1])));
  for (let low = 0; low < n; low++) {
    for (let iteration = 0; ; iteration++) {
      // The block from `low` to `high` that no negligible entry splits.
      let high = low;
      while (high < n - 1 && !splits(high)) high++;
      if (high === low) break;
      if (iteration === 60)
        throw new RangeError('Expected finite entries for a symmetric matrix but received others');
      const half = (d[low + 1] - d[low]) / (2 * e[low]);
      const root = Math.sqrt(half * half + 1);
      let g = d[high] - d[low] + e[low] / (half + (half < 0 ? -root : root));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = high - 1;
      for (; i >= low; i--) {
        const f = s * e[i];
        const b = c * e[i];
        const r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          e[high] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        const t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        const upper = i * n;
        const lower = upper + n;
        for (let k = 0; k < n; k++) {
          const x = z[upper + k];
          const y = z[lower + k];
          z[lower + k] = s * x + c * y;
          z[upper + k] = c * x - s * y;
        }
      }
      if (i >= low) continue;
      d[low] -= p;
      e[low] = g;
      e[high] = 0;
    }
  }
}
