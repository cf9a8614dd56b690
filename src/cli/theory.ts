import { writeFile } from 'node:fs/promises';
import {
  boundCurve,
  contractionRate,
  goldenWeight,
  isStable,
  type ModelConstants,
  maximalLambda,
  rho,
  stabilityLimit,
} from '../loop/theory.js';
import type { Command } from './command.js';
import { UsageError } from './errors.js';
import type { Flag } from './flags.js';
import { renderTable } from './table.js';
import { FIGURES, type FigureName, theoryFigure } from './theory-figures.js';

const POSITIVE: [number, number] = [Number.MIN_VALUE, Number.MAX_VALUE];
const FLAGS: Record<string, Flag> = {
  lambda: { type: 'number', range: [0, Number.MAX_VALUE], help: 'synthetic samples per real one (1)' },
  gamma: {
    type: 'number',
    range: [0, Number.POSITIVE_INFINITY],
    help: 'correction strength, Infinity for full correction (0)',
  },
  alpha: {
    type: 'number',
    range: POSITIVE,
    help: 'curvature of the expected log-likelihood at its optimum (1)',
  },
  lipschitz: {
    type: 'number',
    value: 'L',
    range: [0, Number.MAX_VALUE],
    help: "Lipschitz constant in x of the log-likelihood's Hessian (0)",
  },
  epsilon: {
    type: 'number',
    range: [0, Number.MAX_VALUE],
    help: 'Wasserstein distance of the best model to the data (0)',
  },
  distance: {
    type: 'number',
    range: [0, Number.MAX_VALUE],
    help: 'distance of generation 0 to the optimum, which the bound starts from (1)',
  },
  tau: {
    type: 'number',
    range: [0, Number.MAX_VALUE],
    help: 'error of one fit from finitely many samples (0)',
  },
  generations: { type: 'integer', range: [1, 9999], help: 'length of the bound curve (10)' },
  figure: { type: 'text', choices: FIGURES, help: `draw a figure of docs/loop.md: ${FIGURES.join(', ')}` },
  out: { type: 'text', value: 'FILE', short: 'o', help: 'where the figure goes (NAME.svg)' },
  json: { type: 'switch', help: 'print the numbers as one JSON object' },
};

const text = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(6))) : value > 0 ? 'Infinity' : String(value);

export const theory: Command = {
  summary: 'What theory says of a self-consuming loop (Bertrand et al. 2023, Gillman et al. 2024).',
  usage: 'selfcorrect theory --lambda 1 --gamma 2 [options]',
  flags: FLAGS,
  notes: `The bound: with x = lambda (1 + epsilon L / alpha), rho = x / (1 - x); a generation contracts by rho / (1 + gamma) or more, and the
loop is stable where x < (1 + gamma) / (2 + gamma). Beyond that the theorem promises nothing; the loop may still be stable.`,
  async run({ flags, positionals }, signal) {
    if (positionals.length > 0)
      throw new UsageError(`Expected options only for theory but received ${positionals.join(' ')}`);
    const figure = flags.figure as FigureName | undefined;
    if (figure) {
      const file = (flags.out as string | undefined) ?? `${figure}.svg`;
      await writeFile(file, await theoryFigure(figure, signal));
      console.log(file);
      return 0;
    }
    if (flags.out !== undefined) throw new UsageError('Expected --figure for --out but received none');
    const number = (name: string, otherwise: number): number =>
      (flags[name] as number | undefined) ?? otherwise;
    const lambda = number('lambda', 1);
    const gamma = number('gamma', 0);
    const model: ModelConstants = {
      alpha: number('alpha', 1),
      L: number('lipschitz', 0),
      epsilon: number('epsilon', 0),
    };
    const options = {
      generations: number('generations', 10),
      distance: number('distance', 1),
      tau: number('tau', 0),
      model,
    };
    const rate = contractionRate(lambda, gamma, model);
    const stable = isStable(lambda, gamma, model);
    const curve = [...boundCurve(lambda, gamma, options)];
    const weight = lambda > 0 ? goldenWeight(1 / lambda) : 1;
    if (flags.json) {
      // JSON has no Infinity: null stands for it.
      const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
      console.log(
        JSON.stringify({
          lambda,
          gamma: finite(gamma),
          ...model,
          rho: finite(rho(lambda, model)),
          rate: finite(rate),
          stabilityLimit: stabilityLimit(gamma),
          maximalLambda: maximalLambda(gamma, model),
          stable,
          goldenWeight: weight,
          bound: curve.map(finite),
        }),
      );
      return 0;
    }
    const x = lambda * (1 + (model.epsilon * model.L) / model.alpha);
    console.log(
      [
        `rho(lambda)               ${text(rho(lambda, model))}`,
        `rate rho / (1 + gamma)    ${text(rate)}`,
        `lambda (1 + epsilon L / alpha) = ${text(x)} against (1 + gamma) / (2 + gamma) = ${text(stabilityLimit(gamma))}`,
        `stable for lambda below   ${text(maximalLambda(gamma, model))}`,
        stable
          ? 'Stable: the distance to the optimum shrinks by the rate each generation, down to the error of a fit.'
          : 'No promise: the theorem says nothing of this loop, which may be stable all the same.',
        `golden-ratio weight of the real samples   ${text(weight)}`,
        ...(Number.isFinite(curve[curve.length - 1])
          ? [
              '',
              renderTable(
                ['generation', 'bound'],
                curve.map((value, t) => [String(t), text(value)]),
              ),
            ]
          : []),
      ].join('\n'),
    );
    return 0;
  },
};
