/** A map from values to pixels with its ticks. */
export interface Scale {
  at(value: number): number;
  domain: readonly [number, number];
  ticks: number[];
  log: boolean;
}

/** Ticks at 1, 2 or 5 times a power of ten, at most about `count`, inside [low, high]. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw * 0.999)!;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

function logTicks(low: number, high: number): number[] {
  const candidates = (factors: number[]): number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
    }
    return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  };
  const [dense, usual] = [candidates([1, 2, 3, 5, 7]), candidates([1, 2, 5])];
  if (dense.length <= 6) return dense;
  return usual.length <= 7 ? usual : candidates([1]);
}

/** A linear scale over [low, high] widened to whole ticks unless `exact`. `from` and `to` are pixels. */
export function linearScale(
  low: number,
  high: number,
  from: number,
  to: number,
  options: { count?: number; exact?: boolean } = {},
): Scale {
  const count = options.count ?? 5;
  // Values that differ by rounding alone count as one: their axis would have no digits left for ticks.
  const flat = high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high), 1e-6);
  const room = flat ? Math.max(1e-6, Math.abs(high) * 0.1) : 0;
  let [a, b] = [low - room, high + room];
  if (!options.exact) {
    const ticks = niceTicks(a, b, count);
    const step = ticks.length > 1 ? ticks[1] - ticks[0] : b - a;
    a = Math.floor(a / step + 1e-9) * step;
    b = Math.ceil(b / step - 1e-9) * step;
  }
  const at = (value: number): number => from + ((value - a) / (b - a)) * (to - from);
  return { at, domain: [a, b], ticks: niceTicks(a, b, count), log: false };
}

/** A logarithmic scale over [low, high], both positive, with a little room at both ends. */
export function logScale(low: number, high: number, from: number, to: number): Scale {
  const a = low / 1.15;
  const b = high * 1.15;
  const span = Math.log(b / a);
  const at = (value: number): number => from + (Math.log(Math.max(value, a) / a) / span) * (to - from);
  return { at, domain: [a, b], ticks: logTicks(a, b), log: true };
}

const minus = (text: string): string => text.replaceAll('-', '−');

/** Three significant digits, a true minus sign, an exponent only under 0.001 and from a million on. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size < 1e-12) return '0';
  if (size >= 1e6 || size < 1e-3) return minus(value.toExponential(1));
  return minus(value.toFixed(Math.max(0, Math.min(5, 2 - Math.floor(Math.log10(size))))));
}

/** Two significant digits: for spreads and noise, which are not known better. */
export function formatSpread(value: number): string {
  if (!(value > 0)) return formatValue(value);
  const digits = 1 - Math.floor(Math.log10(value));
  return digits > 4 ? minus(value.toExponential(1)) : value.toFixed(Math.max(0, digits));
}

/** An estimate and the ends of its interval, all with as many decimals as half the interval has two digits. */
export function formatEstimate(
  value: number,
  interval: readonly [number, number],
): { value: string; low: string; high: string } {
  const half = (interval[1] - interval[0]) / 2;
  const decimals = half > 0 && Number.isFinite(half) ? 1 - Math.floor(Math.log10(half)) : Number.NaN;
  const format = (number: number): string => {
    if (!Number.isFinite(number) || !(decimals < 6)) return formatValue(number);
    return minus(number.toFixed(Math.max(0, decimals)).replace(/^-(0\.?0*)$/, '$1'));
  };
  return { value: format(value), low: format(interval[0]), high: format(interval[1]) };
}

/** As short as a tick label can be. */
export const formatTick = (value: number): string =>
  minus(
    Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
      ? value.toExponential(0)
      : String(Number(value.toPrecision(6))),
  );
