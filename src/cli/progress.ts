import type { Writable } from 'node:stream';

/** One thing to say of a running command: how far its stage is. */
export interface ProgressEvent {
  /** What is being done, e.g. `corrected 3: train`. */
  stage: string;
  /** The bar it belongs to: a new stage takes the bar of the one before. Default: a bar for each stage. */
  bar?: string;
  done: number;
  total: number;
  /** A few words after the bar, e.g. the loss. */
  note?: string;
}

export interface Progress {
  update(event: ProgressEvent): void;
  /** A line that stays. When piped, `data` is the JSON line instead. */
  log(text: string, data?: Record<string, unknown>): void;
  /** Takes away one bar, or all of them. */
  end(bar?: string): void;
}

interface Bar {
  event: ProgressEvent;
  started: number;
  first: number;
}

const WIDTH = 24;

/** Seconds as `42 s`, `3:05` or `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** One bar with its estimate of the time left, from the rate since its start. */
export function renderBar({ event, started, first }: Bar, now: number): string {
  const share = event.total > 0 ? Math.min(1, event.done / event.total) : 0;
  const full = Math.round(share * WIDTH);
  const elapsed = (now - started) / 1000;
  const made = event.done - first;
  const left =
    made > 0 && share < 1 ? `  ${duration((elapsed * (event.total - event.done)) / made)} left` : '';
  const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`;
  // A stage of one piece has nothing to show between its beginning and its end.
  const percent =
    event.total === 1 && share < 1 ? '    …' : `${String(Math.floor(share * 100)).padStart(3)} %`;
  return `${event.stage.padEnd(24)} ${bar} ${percent}${left}${event.note ? `  ${event.note}` : ''}`;
}

/** Bars that redraw in place on a terminal: one line a stage that is under way. */
class TerminalProgress implements Progress {
  private readonly bars = new Map<string, Bar>();
  private drawn = 0;
  /** When bars were drawn last; the first is drawn at once, however young the process. */
  private last = Number.NEGATIVE_INFINITY;

  constructor(private readonly out: Writable & { columns?: number }) {}

  update(event: ProgressEvent): void {
    const now = performance.now();
    const key = event.bar ?? event.stage;
    const bar = this.bars.get(key);
    if (
      bar &&
      bar.event.stage === event.stage &&
      event.total === bar.event.total &&
      event.done >= bar.event.done
    )
      bar.event = event;
    else this.bars.set(key, { event, started: now, first: event.done });
    const finished = event.done >= event.total;
    if (finished) this.bars.delete(key);
    if (finished || now - this.last > 100) this.draw(now);
  }

  log(text: string): void {
    this.erase();
    this.out.write(`${text}\n`);
    this.draw(performance.now());
  }

  end(bar?: string): void {
    if (bar === undefined) this.bars.clear();
    else this.bars.delete(bar);
    this.draw(performance.now());
  }

  private erase(): void {
    if (this.drawn > 0) this.out.write(`\x1b[${this.drawn}A\x1b[J`);
    this.drawn = 0;
  }

  private draw(now: number): void {
    this.last = now;
    this.erase();
    const columns = this.out.columns || 100; // 0 where the terminal does not know
    for (const bar of this.bars.values()) this.out.write(`${renderBar(bar, now).slice(0, columns - 1)}\n`);
    this.drawn = this.bars.size;
  }
}

/** One JSON object a line, for a pipe or a log file; a stage's progress at most every 2 s, its end always. */
class JsonProgress implements Progress {
  private readonly last = new Map<string, number>();

  constructor(private readonly out: Writable) {}

  update(event: ProgressEvent): void {
    const now = performance.now();
    const finished = event.done >= event.total;
    if (!finished && now - (this.last.get(event.stage) ?? Number.NEGATIVE_INFINITY) < 2000) return;
    this.last.set(event.stage, now);
    const { bar: _bar, ...said } = event;
    this.write({ event: 'progress', ...said });
  }

  log(text: string, data?: Record<string, unknown>): void {
    this.write(data ?? { event: 'message', text });
  }

  end(): void {}

  private write(value: unknown): void {
    this.out.write(`${JSON.stringify(value)}\n`);
  }
}

/** Bars on a terminal, JSON lines otherwise. */
export function createProgress(out: NodeJS.WriteStream): Progress {
  return out.isTTY ? new TerminalProgress(out) : new JsonProgress(out);
}
