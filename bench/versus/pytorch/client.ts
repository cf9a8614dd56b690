/** PyTorch in a process of its own, asked over its standard input; see server.py for what it answers. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The system's Python, which Debian's python3-torch belongs to. */
export const PYTHON = '/usr/bin/python3';
const SERVER = fileURLToPath(new URL('../../../../bench/versus/pytorch/server.py', import.meta.url));

/** Threads of PyTorch's own loops, and of the matrix products. */
export interface Threads {
  omp: number;
  blas: number;
}

export interface About {
  torch: string;
  /** Libraries of matrix products that were loaded. */
  blas: string[];
  threads: number;
}

/** Milliseconds of each step: on the clock, and of processor time. */
export interface Times {
  wall: number[];
  cpu: number[];
}

/** Whether PyTorch can be imported here. */
export function hasPytorch(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export class Pytorch {
  private readonly answers: AsyncIterator<string>;

  private constructor(private readonly process: ChildProcessByStdio<Writable, Readable, null>) {
    this.answers = createInterface(process.stdout)[Symbol.asyncIterator]();
  }

  static start({ omp, blas }: Threads): Pytorch {
    const env = {
      ...process.env,
      OMP_NUM_THREADS: String(omp),
      OPENBLAS_NUM_THREADS: String(blas),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    return new Pytorch(spawn(PYTHON, [SERVER], { env, stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  private async ask<T>(kind: string, given: object): Promise<T> {
    this.process.stdin.write(`${JSON.stringify({ [kind]: given })}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`Expected an answer of PyTorch to ${kind} but received the end of its process`);
    const reply = JSON.parse(value);
    if (reply.error) throw new Error(`PyTorch: ${reply.error}`);
    return reply;
  }

  about(): Promise<About> {
    return this.ask('about', {});
  }

  /** Makes a model with the weights of a safetensors file. */
  open(config: object, options: object, weights: string): Promise<{ parameters: number }> {
    return this.ask('open', { config, options, weights });
  }

  /** Trains on the batches of a safetensors file; `fed`: on its noise too. */
  train(batches: string, steps: number, fed: boolean): Promise<Times & { losses: number[] }> {
    return this.ask('train', { batches, steps, fed });
  }

  /** Predictions alone. */
  forward(batches: string, steps: number): Promise<Times> {
    return this.ask('forward', { batches, steps });
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('close', resolve));
    this.process.stdin.end();
    await ended;
  }
}
